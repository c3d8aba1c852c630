import { randomUUID } from 'node:crypto';
import type { BeginOperationResult } from '../contracts/messages';
import type { SweepResult } from '../contracts/sweep';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { call, type MeridianClient, requireWorker } from './connection';
import { requireKnown } from './observe';
import { beginOperation } from './operations';

const SEARCH_TIMEOUT_MS = 5 * 60_000;

/** What a sweep would destroy and what it would leave alone; touches nothing. Throws a ClientProblem. */
export async function findOrphans(
  meridian: MeridianClient,
  { application, environment, requester }: DeploymentKey & { requester: string },
): Promise<SweepResult> {
  const doing = 'look for orphans';
  await requireKnown(meridian, { application, environment });
  await requireWorker(meridian, doing);
  return call(meridian, doing, SEARCH_TIMEOUT_MS, () =>
    meridian.client.workflow.execute('sweepOrphans', {
      workflowId: `find-orphans/${application}/${environment}/${randomUUID()}`,
      taskQueue: meridian.taskQueue,
      args: [{ application, environment, requester, generation: 0, dryRun: true }],
      workflowExecutionTimeout: SEARCH_TIMEOUT_MS,
      staticSummary: `orphans of ${application} in ${environment}, asked for by ${requester}`,
    }),
  );
}

/** Destroys orphans, in the operation slot of the deployment; the result of the returned workflow is a SweepResult. */
export function sweepOrphans(
  meridian: MeridianClient,
  { application, environment, requester }: DeploymentKey & { requester: string },
): Promise<BeginOperationResult> {
  return beginOperation(meridian, { application, environment }, { kind: 'sweep', requester });
}
