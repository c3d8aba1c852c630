import { constants } from 'node:fs';
import { chown, copyFile, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseOwner } from './binaries';
import { type AdministratorAccess, oneRow, withDatabase } from './connect';
import { makeDataFolder, writeOwned } from './provision';
import { standbyConf, type UpstreamSettings } from './settings';

export interface CloneInput {
  primary: AdministratorAccess & { dataFolder: string };
  /** becomes the data directory of the standby; what was there is gone */
  dataFolder: string;
  owner: DatabaseOwner | undefined;
  upstream: UpstreamSettings;
}

/** Folders whose content belongs to the running primary; PostgreSQL's manual lists them for low-level backups. */
const LEFT_EMPTY = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const LEFT_OUT = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'backup_label',
  'standby.signal',
  'postgresql.auto.conf',
]);

/**
 * Makes a standby's data directory from a running primary: `pg_backup_start`, copy, `pg_backup_stop`, all over an
 * ordinary SQL connection. The log of the meantime comes through the link once the standby runs.
 */
export async function clone({ primary, dataFolder, owner, upstream }: CloneInput): Promise<void> {
  await makeDataFolder(dataFolder, owner);
  const label = await withDatabase(primary, async (client) => {
    await client.query(`select pg_backup_start('standby in ${upstream.region}', true)`);
    await copyFolder(primary.dataFolder, dataFolder, owner);
    return (await oneRow<{ labelfile: string }>(client, 'select labelfile from pg_backup_stop(false)')).labelfile;
  });
  await mkdir(join(dataFolder, 'pg_wal'), { recursive: true });
  await writeOwned(join(dataFolder, 'backup_label'), label, owner);
  await writeOwned(join(dataFolder, 'standby.signal'), '', owner);
  await writeOwned(join(dataFolder, 'postgresql.auto.conf'), standbyConf(upstream), owner);
}

async function copyFolder(from: string, to: string, owner: DatabaseOwner | undefined): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name) || entry.name.startsWith('pgsql_tmp')) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await mkdir(target, { mode: 0o700 });
      if (owner) await chown(target, owner.uid, owner.gid);
      if (!LEFT_EMPTY.has(entry.name)) await copyFolder(source, target, owner);
    } else if (entry.isFile()) {
      await copyUnlessGone(source, target, owner);
    }
  }
}

/** A running primary removes files while they are listed; its log says so, and the standby does the same. */
async function copyUnlessGone(source: string, target: string, owner: DatabaseOwner | undefined): Promise<void> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    if (owner) await chown(target, owner.uid, owner.gid);
  } catch (error) {
    if (await exists(source)) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
