import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chown, copyFile, lstat, mkdir, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { DatabaseOwner } from './binaries';
import { type AdministratorAccess, oneRow, withDatabase } from './connect';
import { REPLICATOR_FILES } from './settings';

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
  'recovery.signal',
  'postgresql.auto.conf',
  // a backup would be a way into the database that it was made of
  ...Object.values(REPLICATOR_FILES),
]);

export interface BaseCopyInput {
  source: AdministratorAccess & { dataFolder: string };
  /** an empty folder that exists */
  to: string;
  owner: DatabaseOwner | undefined;
  /** what PostgreSQL writes into the label */
  label: string;
}

export interface BaseCopy {
  /** belongs into the file `backup_label` of the copy: without it the copy is not consistent */
  labelFile: string;
  /** of the log: the copy needs all between */
  from: string;
  until: string;
  timeline: number;
}

/** Copies the files of a running database: `pg_backup_start`, copy, `pg_backup_stop`, over an ordinary connection. */
export function baseCopy({ source, to, owner, label }: BaseCopyInput): Promise<BaseCopy> {
  return withDatabase(source, async (client) => {
    const start = `select pg_backup_start($1, true)::text as "from"`;
    const { from } = await oneRow<{ from: string }>(client, start, [label]);
    await copyFolder(source.dataFolder, to, owner);
    const stop = `select labelfile as "labelFile", lsn::text as until from pg_backup_stop(false)`;
    const stopped = await oneRow<{ labelFile: string; until: string }>(client, stop);
    return { ...stopped, from, timeline: Number(/^START TIMELINE: (\d+)$/m.exec(stopped.labelFile)?.[1]) };
  });
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

/** A running primary removes files while they are listed; its log says so, and the copy does the same. */
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

export interface FileDigest {
  /** below the folder, with slashes */
  path: string;
  bytes: number;
  sha256: string;
}

/** Every file below a folder; `folders` also names those that are empty, which PostgreSQL wants to find. */
export async function digestTree(folder: string): Promise<{ files: FileDigest[]; folders: string[] }> {
  const files: FileDigest[] = [];
  const folders: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (entry.isDirectory()) folders.push(name);
    else files.push({ path: name, ...digestOf(await readFile(path)) });
  }
  return { files, folders: folders.sort() };
}

export function digestOf(content: Buffer): { bytes: number; sha256: string } {
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}
