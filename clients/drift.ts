import { randomUUID } from 'node:crypto';
import type { DriftReport } from '../contracts/drift';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { call, type MeridianClient, requireWorker } from './connection';
import { requireKnown } from './observe';

/** A cloud compares a stack in seconds to minutes; thirty regions have about a hundred stacks. */
const DRIFT_TIMEOUT_MS = 30 * 60_000;

/** Compares what exists with what was applied; touches nothing and waits for no other operation. Throws a ClientProblem. */
export async function detectDrift(
  meridian: MeridianClient,
  { application, environment }: DeploymentKey,
): Promise<DriftReport> {
  const doing = 'look for drift';
  await requireKnown(meridian, { application, environment });
  await requireWorker(meridian, doing);
  return call(meridian, doing, DRIFT_TIMEOUT_MS, () =>
    meridian.client.workflow.execute('detectDrift', {
      workflowId: `drift/${application}/${environment}/${randomUUID()}`,
      taskQueue: meridian.taskQueue,
      args: [{ application, environment }],
      workflowExecutionTimeout: DRIFT_TIMEOUT_MS,
      staticSummary: `drift of ${application} in ${environment}`,
    }),
  );
}
