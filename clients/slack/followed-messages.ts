import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const followedMessageSchema = z.object({ workflowId: z.string(), channel: z.string(), ts: z.string() });
/** A message that shows a deployment: where it is and which one. */
export type FollowedMessage = z.infer<typeof followedMessageSchema>;

/** The messages that are being kept up to date, one small file each: a gateway that starts again goes on with them. */
export class FollowedMessages {
  constructor(private readonly folder: string) {}

  async add(message: FollowedMessage): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeFile(this.fileOf(message), JSON.stringify(message));
  }

  async remove(message: FollowedMessage): Promise<void> {
    await rm(this.fileOf(message), { force: true });
  }

  /** A file that was half written when the gateway died is skipped. */
  async all(): Promise<FollowedMessage[]> {
    const names = await readdir(this.folder).catch(() => [] as string[]);
    const found = await Promise.all(names.map((name) => this.read(join(this.folder, name))));
    return found.filter((message) => message !== undefined);
  }

  private async read(file: string): Promise<FollowedMessage | undefined> {
    try {
      return followedMessageSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
    } catch {
      return undefined;
    }
  }

  private fileOf({ channel, ts }: FollowedMessage): string {
    return join(this.folder, `${createHash('sha256').update(`${channel}/${ts}`).digest('hex').slice(0, 24)}.json`);
  }
}
