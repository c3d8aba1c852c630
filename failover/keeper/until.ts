import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 3;

/** Returns when it holds. Throws an error that says `what` when it does not within that time. */
export async function until(holds: () => boolean, withinMs: number, what: string): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(what);
    await sleep(POLL_MS);
  }
}
