import { setTimeout as sleep } from 'node:timers/promises';
import { isGone } from './is-gone';
import { markedProcesses } from './marked-processes';

/** A killed process that is still there after this long is stuck in the kernel; nothing may be concluded from it. */
const KILL_DEADLINE_MS = 5_000;

export interface Killed {
  pids: number[];
  /** when the last of them had been sent its signal: none did anything after this */
  at: Date;
}

/**
 * Kills (SIGKILL) every process with the marker and returns only when none is left. A process that forks while it is
 * being killed is caught by the next look. Throws when some outlive the deadline.
 */
export async function killMarked(marker: string): Promise<Killed> {
  const killed = new Set<number>();
  const deadline = Date.now() + KILL_DEADLINE_MS;
  for (let at: Date | undefined; ; await sleep(2)) {
    const living = markedProcesses(marker);
    const dying = [...killed].filter((pid) => !isGone(pid));
    const unseen = living.some((pid) => !killed.has(pid));
    for (const pid of living) killQuietly(pid);
    if (unseen || !at) at = new Date();
    if (living.length === 0 && dying.length === 0) return { pids: [...killed], at };
    if (Date.now() > deadline)
      throw new Error(`processes ${[...living, ...dying].join(', ')} of ${marker} survive SIGKILL`);
    for (const pid of living) killed.add(pid);
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already, which is what is wanted
  }
}
