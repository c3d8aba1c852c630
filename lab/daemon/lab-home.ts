import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseOwner, reachableByOthers } from '../postgres/binaries';
import { killMarked } from '../processes/kill-marked';
import { markedProcesses } from '../processes/marked-processes';

const PREFIX = 'meridian-lab-';
const OWNER_FILE = 'daemon.json';

/** The one folder of a lab; everything it writes is below, and it is removed when the lab stops. */
export interface LabHome {
  path: string;
  /** starts the marker of every process of this lab, for example `mlab-3fa9c1` */
  labId: string;
}

/**
 * Makes the home of a lab: `path` when given (it must be empty or absent), else a new folder in the system's temporary
 * one. Others may pass through it (711), because PostgreSQL runs as another user when the lab runs as root.
 */
export function createLabHome(path?: string): LabHome {
  const labId = `mlab-${randomBytes(3).toString('hex')}`;
  const home = path ?? mkdtempSync(join(tmpdir(), PREFIX));
  if (path) mkdirSync(path, { recursive: true });
  if (readdirSync(home).length > 0) throw new Error(`home: ${home} is not empty; give an empty or absent folder`);
  chmodSync(home, 0o711);
  if (databaseOwner() && !reachableByOthers(home)) {
    throw new Error(
      `home: ${home} cannot be entered by the user who runs PostgreSQL when the lab runs as root; give a folder below ones that others may enter (chmod o+x), or none`,
    );
  }
  writeFileSync(join(home, OWNER_FILE), JSON.stringify({ labId, pid: process.pid }));
  return { path: home, labId };
}

/** Ends what is left of the lab's processes and removes its folder. */
export async function removeLabHome({ path, labId }: LabHome): Promise<void> {
  await killMarked(`${labId}/`);
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes what labs left behind whose daemon was killed: their processes and folders. Returns the folders. */
export async function sweepStaleHomes(): Promise<string[]> {
  const stale = readdirSync(tmpdir())
    .filter((name) => name.startsWith(PREFIX))
    .flatMap((name) => staleHome(join(tmpdir(), name)));
  const swept: string[] = [];
  for (const home of stale) {
    // another lab that starts at the same time may be sweeping it too
    const removed = await removeLabHome(home).then(
      () => true,
      () => false,
    );
    if (removed) swept.push(home.path);
  }
  return swept;
}

function staleHome(path: string): LabHome[] {
  try {
    if (process.getuid && statSync(path).uid !== process.getuid()) return [];
    const owner = JSON.parse(readFileSync(join(path, OWNER_FILE), 'utf8')) as { labId: string; pid: number };
    return isDaemon(owner.pid) ? [] : [{ path, labId: owner.labId }];
  } catch {
    // no owner yet, or being removed by its owner right now
    return [];
  }
}

/** A pid can be given out again: only a process that runs the daemon's file counts. */
function isDaemon(pid: number): boolean {
  return pid === process.pid || markedProcesses(join('lab', 'daemon', 'main.js')).includes(pid);
}
