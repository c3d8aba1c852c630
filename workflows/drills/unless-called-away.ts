import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { OperationRun } from '../operations/operation-run';
import { stepFailure } from '../support/failures';

/**
 * A wait of a drill that an emergency breaks off at once: it has to make way within two seconds, and a drill waits
 * longer than that for what it has provoked.
 */
export async function unlessCalledAway<R>(run: OperationRun, what: string, act: () => Promise<R>): Promise<R> {
  const wait = new CancellationScope();
  let over = false;
  const called = CancellationScope.nonCancellable(async () => {
    await condition(() => over || run.standDownFor !== undefined);
    if (!over) wait.cancel();
  });
  run.progress.enter('operating', what);
  try {
    return await wait.run(act);
  } catch (error) {
    if (!run.standDownFor || !isCancellation(error)) throw error;
    throw stepFailure('Operation.Aborted', `made way for ${run.standDownFor} while it would ${what}`);
  } finally {
    over = true;
    await called;
  }
}
