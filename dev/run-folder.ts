import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Reports and logs of earlier runs are worth looking at, for a while. */
const KEPT_RUNS = 5;

/**
 * A new folder for one local environment. Every environment has its own, because its lab starts empty: a record of
 * something that was live in an earlier lab would be wrong. Removes the folders of old runs.
 */
export function newRunFolder(stateFolder: string): string {
  const runs = join(stateFolder, 'runs');
  mkdirSync(runs, { recursive: true });
  for (const old of readdirSync(runs)
    .toSorted()
    .slice(0, -(KEPT_RUNS - 1))) {
    rmSync(join(runs, old), { recursive: true, force: true });
  }
  const stamp = new Date().toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const folder = join(runs, `${stamp}-${process.pid}`);
  mkdirSync(folder);
  return folder;
}
