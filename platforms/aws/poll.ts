import { setTimeout as delay } from 'node:timers/promises';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
const GROWTH = 1.15;

/**
 * Asks until there is an answer, at first often (test clouds and small changes are quick), then less often. Rejects
 * with the reason of the signal as soon as it is aborted, and with `tooLate()` after `timeoutMs`.
 */
export async function poll<R>(
  ask: () => Promise<R | undefined>,
  options: { signal: AbortSignal; timeoutMs?: number; tooLate?: () => Error },
): Promise<R> {
  const deadline = Date.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * GROWTH, LONGEST_WAIT_MS)) {
    options.signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= deadline) throw options.tooLate?.() ?? new Error(`no answer within ${options.timeoutMs} ms`);
    await delay(wait, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted());
  }
}
