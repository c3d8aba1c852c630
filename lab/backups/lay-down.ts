import { chown, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../postgres/base-copy';
import type { DatabaseOwner } from '../postgres/binaries';
import { makeDataFolder, writeOwned } from '../postgres/owned-files';
import { makeReplicatorCertificate } from '../postgres/replicator-certificate';
import { dataOf, type KeptBackup } from './manifest';

/** A backup of which not every byte is as it was written. */
export class DamagedBackup extends Error {}

/**
 * Makes a data directory from a backup; each file is compared with its checksum on the way. `conf` becomes
 * `postgresql.auto.conf`. Throws `DamagedBackup` that names the first file which is missing or not what was written.
 */
export async function layDown(
  { folder, manifest }: KeptBackup,
  to: string,
  owner: DatabaseOwner | undefined,
  conf: string,
): Promise<void> {
  await makeDataFolder(to, owner);
  for (const name of ['pg_wal', ...manifest.folders]) {
    await mkdir(join(to, name), { recursive: true, mode: 0o700 });
    if (owner) await chown(join(to, name), owner.uid, owner.gid);
  }
  for (const { path, sha256 } of manifest.files) {
    const content = await readFile(join(dataOf(folder), path)).catch(() => undefined);
    if (!content || digestOf(content).sha256 !== sha256) {
      throw new DamagedBackup(`${path} of backup ${manifest.id} is ${content ? 'not what was written' : 'missing'}`);
    }
    await writeOwned(join(to, path), content, owner);
  }
  await makeReplicatorCertificate(to, owner);
  await writeOwned(join(to, 'backup_label'), manifest.labelFile, owner);
  await writeOwned(join(to, 'recovery.signal'), '', owner);
  await writeOwned(join(to, 'postgresql.auto.conf'), conf, owner);
}
