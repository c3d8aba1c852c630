import type { CallContext } from '../../platforms/platform';

const POLL_INTERVAL_MS = 200;

/**
 * Asks again and again until the answer is enough or the time is over; the last answer is returned either way.
 * Stops with the context's signal.
 */
export async function pollUntil<T>(input: {
  ask: () => Promise<T>;
  enough: (answer: T) => boolean;
  timeoutMs: number;
  context: CallContext;
  intervalMs?: number;
}): Promise<{ enough: boolean; last: T }> {
  const end = Date.now() + input.timeoutMs;
  for (;;) {
    input.context.signal.throwIfAborted();
    const last = await input.ask();
    if (input.enough(last)) return { enough: true, last };
    if (Date.now() >= end) return { enough: false, last };
    await pause(input.intervalMs ?? POLL_INTERVAL_MS, input.context.signal);
  }
}

/** Waits, but not longer than until the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
