import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { Alert, AlertBook } from '../contracts/alert';
import type { HealthMatrix } from '../contracts/health-matrix';
import { acknowledgeAlertUpdate, alertsQuery, healthMatrixQuery } from '../contracts/watch-messages';
import { type DeploymentKey, deploymentName, watchKeyFromWorkflowId, watchWorkflowId } from '../contracts/workflow-ids';
import { ClientProblem } from './client-problem';
import { call, type MeridianClient, QUERY_TIMEOUT_MS, requireWorker } from './connection';
import { requireKnown } from './observe';

const LIST_TIMEOUT_MS = 10_000;

/** One watch that runs. */
export interface WatchListing extends DeploymentKey {
  workflowId: string;
}

/** The health of a live deployment as its watch knows it. Throws a ClientProblem. */
export async function readHealth(meridian: MeridianClient, key: DeploymentKey): Promise<HealthMatrix> {
  const matrix = await ofWatch(meridian, key, 'ask for health', (handle) => handle.query(healthMatrixQuery));
  if (matrix) return matrix;
  throw new ClientProblem(
    'still-running',
    `${deploymentName(key)} has not been looked at yet`,
    'ask again in a few seconds',
  );
}

/** The alerts of a live deployment, and what people were told. Throws a ClientProblem. */
export function readAlerts(meridian: MeridianClient, key: DeploymentKey): Promise<AlertBook> {
  return ofWatch(meridian, key, 'ask for alerts', (handle) => handle.query(alertsQuery));
}

/** Somebody looks after an alert: it escalates no more. Throws a ClientProblem that names the open ones. */
export function acknowledgeAlert(
  meridian: MeridianClient,
  key: DeploymentKey,
  input: { alertId: string; by: string },
): Promise<Alert> {
  return ofWatch(meridian, key, 'acknowledge the alert', (handle) =>
    handle.executeUpdate(acknowledgeAlertUpdate, { args: [input] }),
  );
}

/** All watches that run. */
export function listWatches(meridian: MeridianClient): Promise<WatchListing[]> {
  const query = "WorkflowType = 'watchRegions' AND ExecutionStatus = 'Running'";
  return call(meridian, 'list watches', LIST_TIMEOUT_MS, async () => {
    const found: WatchListing[] = [];
    for await (const { workflowId } of meridian.client.workflow.list({
      query,
    }) as AsyncIterable<WorkflowExecutionInfo>) {
      const key = watchKeyFromWorkflowId(workflowId);
      if (key) found.push({ ...key, workflowId });
    }
    return found;
  });
}

/**
 * Starts the watch over a live deployment; one that runs goes on. A deployment is watched from its promotion: this is for
 * those that were promoted before there were watches, and for a watch that somebody has terminated.
 */
export async function startWatch(meridian: MeridianClient, { application, environment }: DeploymentKey): Promise<void> {
  const key = { application, environment };
  await requireKnown(meridian, key);
  await requireWorker(meridian, 'start the watch');
  await call(meridian, 'start the watch', LIST_TIMEOUT_MS, () =>
    meridian.client.workflow.start('watchRegions', {
      workflowId: watchWorkflowId(key),
      workflowIdConflictPolicy: 'USE_EXISTING',
      taskQueue: meridian.taskQueue,
      args: [key],
      staticSummary: `watch over ${deploymentName(key)}`,
    }),
  );
}

type WatchHandle = ReturnType<MeridianClient['client']['workflow']['getHandle']>;

async function ofWatch<Result>(
  meridian: MeridianClient,
  key: DeploymentKey,
  doing: string,
  ask: (handle: WatchHandle) => Promise<Result>,
): Promise<Result> {
  const handle = meridian.client.workflow.getHandle(watchWorkflowId(key));
  try {
    return await call(meridian, doing, QUERY_TIMEOUT_MS, () => ask(handle));
  } catch (error) {
    if (!(error instanceof ClientProblem) || error.code !== 'not-found') throw error;
    await requireKnown(meridian, key);
    const start = `a deployment is watched once it is promoted; start the watch of a live one with "meridian health ${deploymentName(key)} --start"`;
    throw new ClientProblem('not-found', `nobody watches ${deploymentName(key)}`, start);
  }
}
