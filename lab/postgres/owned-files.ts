import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import type { DatabaseOwner } from './binaries';

/** An empty folder that only its owner may read, as PostgreSQL demands. */
export async function makeDataFolder(path: string, owner: DatabaseOwner | undefined): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (owner) await chown(path, owner.uid, owner.gid);
}

/** A file that only the database owner may read. */
export async function writeOwned(
  path: string,
  content: string | Buffer,
  owner: DatabaseOwner | undefined,
): Promise<void> {
  await writeFile(path, content, { mode: 0o600 });
  await chmod(path, 0o600);
  if (owner) await chown(path, owner.uid, owner.gid);
}
