import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const postedSchema = z.object({ channel: z.string(), ts: z.string(), shown: z.string() });
/** Where a notice is shown, and the digest of what it says. */
export type Posted = z.infer<typeof postedSchema>;

/** The notices that are in the channel, one small file each: a gateway that starts again posts none twice. */
export class PostedNotices {
  constructor(private readonly folder: string) {}

  /** Undefined for one that is not there, or whose file was half written when the gateway died: it is posted again. */
  async find(key: string): Promise<Posted | undefined> {
    try {
      return postedSchema.safeParse(JSON.parse(await readFile(this.fileOf(key), 'utf8'))).data;
    } catch {
      return undefined;
    }
  }

  async put(key: string, posted: Posted): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeFile(this.fileOf(key), JSON.stringify(posted));
  }

  /** Forgets all but these: nobody will ask for the others again. */
  async keepOnly(keys: readonly string[]): Promise<void> {
    const kept = new Set(keys.map((key) => this.fileOf(key)));
    const files = await readdir(this.folder).catch(() => [] as string[]);
    for (const file of files.map((name) => join(this.folder, name)))
      if (!kept.has(file)) await rm(file, { force: true });
  }

  private fileOf(key: string): string {
    return join(this.folder, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.json`);
  }
}
