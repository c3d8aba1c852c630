import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { OperationRun } from '../operations/operation-run';

/**
 * A wait of a drill that an emergency, or whoever stops the drill, breaks off at once: an emergency waits two seconds, and
 * a drill waits longer than that for what it has provoked.
 */
export async function unlessCalledAway<R>(run: OperationRun, what: string, act: () => Promise<R>): Promise<R> {
  const wait = new CancellationScope();
  let over = false;
  const called = CancellationScope.nonCancellable(async () => {
    await condition(() => over || run.calledAway !== undefined);
    if (!over) wait.cancel();
  });
  run.progress.enter('operating', what);
  try {
    return await wait.run(act);
  } catch (error) {
    if (!run.calledAway || !isCancellation(error)) throw error;
    return run.leave(`while it would ${what}`);
  } finally {
    over = true;
    await called;
  }
}
