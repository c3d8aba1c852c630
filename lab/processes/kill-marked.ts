import { setTimeout as sleep } from 'node:timers/promises';
import { isGone } from './is-gone';
import { markedProcesses } from './marked-processes';

/** A killed process that is still there after this long is stuck in the kernel; nothing may be concluded from it. */
const KILL_DEADLINE_MS = 5_000;

/**
 * Kills (SIGKILL) every process with the marker and returns only when none is left: the pids that were killed. A
 * process that forks while it is being killed is caught by the next look. Throws when some outlive the deadline.
 */
export async function killMarked(marker: string): Promise<number[]> {
  const killed = new Set<number>();
  const deadline = Date.now() + KILL_DEADLINE_MS;
  for (;;) {
    const living = markedProcesses(marker);
    const dying = [...killed].filter((pid) => !isGone(pid));
    if (living.length === 0 && dying.length === 0) return [...killed];
    if (Date.now() > deadline)
      throw new Error(`processes ${[...living, ...dying].join(', ')} of ${marker} survive SIGKILL`);
    for (const pid of living) {
      killed.add(pid);
      killQuietly(pid);
    }
    await sleep(2);
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already, which is what is wanted
  }
}
