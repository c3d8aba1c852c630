import { Context } from '@temporalio/activity';
import type { CallContext } from '../../platforms/platform';

/** How often a long activity says that it is alive. Well below the heartbeat time-out of the activity stubs. */
const HEARTBEAT_INTERVAL_MS = 1_000;

/**
 * Runs a long platform call with a steady heartbeat, so that a killed worker is noticed within seconds and a
 * cancellation reaches the platform.
 */
export async function withHeartbeat<R>(call: (context: CallContext) => Promise<R>): Promise<R> {
  const activity = Context.current();
  let detail = '';
  const timer = setInterval(() => activity.heartbeat(detail), HEARTBEAT_INTERVAL_MS);
  try {
    return await call({
      signal: activity.cancellationSignal,
      heartbeat: (latest) => {
        detail = latest;
        activity.heartbeat(latest);
      },
    });
  } finally {
    clearInterval(timer);
  }
}
