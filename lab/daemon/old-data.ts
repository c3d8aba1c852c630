import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Database } from './lab-state';

const KEPT_AT_MOST = 2;

/**
 * Moves the data of a stopped database aside and says where it is then: as it was before that epoch. Done already is
 * success; undefined when there is no data.
 */
export async function putAside({ dataFolder }: Database, epoch: number): Promise<string | undefined> {
  const kept = `${dataFolder}.before-${epoch}`;
  if (existsSync(dataFolder)) await rename(dataFolder, kept);
  return existsSync(kept) ? kept : undefined;
}

/** Removes all but the newest folders that were put aside. */
export async function removeOldData({ dataFolder }: Database, keep = KEPT_AT_MOST): Promise<void> {
  const prefix = `${basename(dataFolder)}.before-`;
  const epochOf = (name: string) => Number(name.slice(prefix.length));
  const found = (await readdir(dirname(dataFolder)))
    .filter((name) => name.startsWith(prefix) && Number.isInteger(epochOf(name)))
    .sort((one, other) => epochOf(other) - epochOf(one));
  for (const name of found.slice(keep))
    await rm(join(dirname(dataFolder), name), { recursive: true, force: true, maxRetries: 3 });
}
