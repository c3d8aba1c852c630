import type { CallContext } from '../platform';

const HEARTBEAT_MS = 1_000;

/** Says every second that a long call is still under way, and for how long. */
export async function alive<R>(context: CallContext, what: string, call: () => Promise<R>): Promise<R> {
  const startedAt = Date.now();
  const timer = setInterval(() => {
    context.heartbeat(`${what}: ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }, HEARTBEAT_MS);
  try {
    return await call();
  } finally {
    clearInterval(timer);
  }
}
