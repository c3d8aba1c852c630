import { workflowInfo } from '@temporalio/workflow';
import { canonicalJson } from '../../contracts/canonical-json';
import { digestOf } from '../../contracts/digest';
import type { OperationRun } from '../operations/operation-run';
import { stepFailure } from '../support/failures';
import type { DrillRequest } from './drill';

/**
 * A fault in production takes two people: one who asks, and another who says yes. A move as planned is no fault.
 * @returns whether anybody was asked, which may have taken a quarter of an hour
 */
export async function askForApproval(run: OperationRun<DrillRequest>): Promise<boolean> {
  const { drill } = run.request;
  if (run.key.environment !== 'production' || drill === 'switchover') return false;
  const refusal = run.approvals.impossible();
  if (refusal) throw stepFailure('Plan.Blocked', refusal);
  const { workflowId } = workflowInfo();
  const digest = digestOf(canonicalJson({ workflowId, drill, epoch: run.epoch }));
  const summary = `the ${drill} drill in ${run.primary}, which stops the writes for seconds`;
  const irreversible = run.stores.some(({ mode }) => mode.kind === 'asynchronous')
    ? ['writes that were not replicated are lost']
    : [];
  const opened = () => run.progress.enter('approval', `waiting for approval of ${summary}`);
  await run.approvals.pass({ id: 'drill', gate: 'drill', digest, summary, irreversible }, { required: true, opened });
  return true;
}
