import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactRef } from '../../contracts/artifact';
import type { ArtifactStore } from '../store-port';
import { sha256 } from '../support/token';

/** Artifacts as files named by the digest of their content. */
export class FileArtifactStore implements ArtifactStore {
  constructor(private readonly directory: string) {}

  async put(content: string, extension: string): Promise<ArtifactRef> {
    const digest = sha256(content);
    const file = path.join(this.directory, digest.slice(0, 2), `${digest}.${extension}`);
    await mkdir(path.dirname(file), { recursive: true });
    const temporary = `${file}.${randomUUID()}.new`;
    await writeFile(temporary, content);
    await rename(temporary, file);
    return { uri: pathToFileURL(file).href, sha256: digest, bytes: Buffer.byteLength(content) };
  }

  async get(ref: ArtifactRef): Promise<string> {
    const content = await readFile(new URL(ref.uri), 'utf8');
    if (sha256(content) !== ref.sha256) throw new Error(`artifact ${ref.uri} no longer has its digest ${ref.sha256}`);
    return content;
  }
}
