import { type OperationQueue, operationQueueQuery } from '../contracts/messages';
import { type DeploymentKey, deploymentWorkflowId } from '../contracts/workflow-ids';
import { call, type MeridianClient, QUERY_TIMEOUT_MS } from './connection';
import { requireKnown } from './observe';

/** What holds the operation slot of a deployment, and what waits for it. Throws a ClientProblem. */
export async function readQueue(
  meridian: MeridianClient,
  { application, environment }: DeploymentKey,
): Promise<OperationQueue> {
  const key = { application, environment };
  await requireKnown(meridian, key);
  return call(meridian, 'ask what is under way', QUERY_TIMEOUT_MS, () =>
    meridian.client.workflow.getHandle(deploymentWorkflowId(key)).query(operationQueueQuery),
  );
}

/** The same for people who only look: undefined when nobody answers. */
export function queueOf(meridian: MeridianClient, key: DeploymentKey): Promise<OperationQueue | undefined> {
  return readQueue(meridian, key).catch(() => undefined);
}

/** The workflows that have begun: what runs, and a proposal that waits for a person beside it. */
export function underWay({ running, proposed }: OperationQueue): string[] {
  return [...running.map(({ workflowId }) => workflowId), ...(proposed ? [proposed] : [])];
}

/** Deployments with what is under way in those where something runs. */
export function withQueues<Row extends DeploymentKey & { status: string }>(
  meridian: MeridianClient,
  rows: readonly Row[],
): Promise<Array<Row & { queue?: OperationQueue }>> {
  return Promise.all(
    rows.map(async (row) => {
      const queue = row.status === 'RUNNING' ? await queueOf(meridian, row) : undefined;
      return { ...row, ...(queue && { queue }) };
    }),
  );
}
