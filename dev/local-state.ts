import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** What a running local environment says about itself, for commands in other terminals. */
export const localStateSchema = z.object({
  /** the supervisor, owner of all other processes */
  pid: z.number().int(),
  home: z.string(),
  temporalAddress: z.string(),
  uiUrl: z.string().optional(),
  labUrl: z.string(),
  workerPid: z.number().int(),
});
export type LocalState = z.infer<typeof localStateSchema>;

/** What a process must find in its environment to be part of a local environment. */
export function environmentVariables(
  state: Pick<LocalState, 'home' | 'temporalAddress' | 'uiUrl' | 'labUrl'>,
): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: state.temporalAddress,
    MERIDIAN_HOME: state.home,
    MERIDIAN_LAB_URL: state.labUrl,
    ...(state.uiUrl && { MERIDIAN_WEB_UI: state.uiUrl }),
  };
}

function statePath(home: string): string {
  return join(home, 'local.json');
}

/** The local environment that was left running under this state folder; undefined when there is none, or it is dead. */
export function readLocalState(home: string): LocalState | undefined {
  try {
    const state = localStateSchema.parse(JSON.parse(readFileSync(statePath(home), 'utf8')));
    return isAlive(state.pid) ? state : undefined;
  } catch {
    // No file, or one that a power cut left half-written: nothing runs that could be used.
    return undefined;
  }
}

export function writeLocalState(home: string, state: LocalState): void {
  const path = statePath(home);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(state, undefined, 2));
  renameSync(`${path}.new`, path);
}

export function removeLocalState(home: string): void {
  rmSync(statePath(home), { force: true });
}

/** Whether a process runs. A dead one whose parent has not asked for its exit code does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isZombie(pid: number): boolean {
  try {
    // "pid (name) state …", where the name may hold anything
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.startsWith('Z') ?? false;
  } catch {
    return false;
  }
}
