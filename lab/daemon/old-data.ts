import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Database } from './lab-state';

/**
 * Moves the data of a stopped database aside, as it was before that epoch, and notes that nobody has been told yet what
 * it holds. A copy into which nothing was ever replayed holds nothing of its own and is removed.
 */
export async function putAside(database: Database, epoch: number): Promise<void> {
  const { dataFolder } = database;
  if (!existsSync(dataFolder)) return;
  // PostgreSQL renames it once it has begun to recover from it
  if (existsSync(join(dataFolder, 'backup_label'))) return remove(dataFolder);
  const named = (attempt: number) => `${dataFolder}.before-${epoch}${attempt > 1 ? `.${attempt}` : ''}`;
  let attempt = 1;
  while (existsSync(named(attempt))) attempt += 1;
  await rename(dataFolder, named(attempt));
  database.untold = [...(database.untold ?? []), named(attempt)];
}

/** Removes all but the newest folders that were put aside. */
export async function removeOldData({ dataFolder }: Database, keep: number): Promise<void> {
  const prefix = `${basename(dataFolder)}.before-`;
  const found = (await readdir(dirname(dataFolder)))
    .filter((name) => name.startsWith(prefix) && /^\d/.test(name.slice(prefix.length)))
    .sort((one, other) => other.localeCompare(one, 'en', { numeric: true }));
  for (const name of found.slice(keep)) await remove(join(dirname(dataFolder), name));
}

function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
