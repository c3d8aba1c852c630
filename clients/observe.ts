import type { WorkflowExecutionInfo } from '@temporalio/client';
import { planQuery, progressQuery } from '../contracts/messages';
import { OPERATION_KINDS } from '../contracts/operation';
import type { DeploymentPlan } from '../contracts/plan';
import type { Progress } from '../contracts/progress';
import { type DeploymentReport, deploymentReportSchema } from '../contracts/report';
import { MERIDIAN_PHASE } from '../contracts/search-attributes';
import {
  type DeploymentKey,
  deploymentWorkflowId,
  type OperationKey,
  operationKeyFromWorkflowId,
  operationWorkflowId,
} from '../contracts/workflow-ids';
import { ClientProblem } from './client-problem';
import { call, type MeridianClient, QUERY_TIMEOUT_MS } from './connection';

const LIST_TIMEOUT_MS = 10_000;
const RESULT_TIMEOUT_MS = 30_000;
/** Nobody reads further back on a terminal. */
const LISTED_OPERATIONS = 200;

/** As the server names it: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED, TIMED_OUT, … */
export type OperationStatus = string;

/** One operation as the server lists it. */
export interface OperationListing extends OperationKey {
  workflowId: string;
  runId: string;
  status: OperationStatus;
  /** the phase it is in, or its verdict; undefined for a retirement, and on a server without our search attributes */
  phase: string | undefined;
  startedAt: string;
  endedAt: string | undefined;
}

export async function queryProgress(meridian: MeridianClient, workflowId: string, sinceSeq = 0): Promise<Progress> {
  return call(meridian, 'ask for progress', QUERY_TIMEOUT_MS, () =>
    meridian.client.workflow.getHandle(workflowId).query(progressQuery, { sinceSeq }),
  );
}

/** The plan of a deployment; undefined before there is one. */
export async function queryPlan(meridian: MeridianClient, workflowId: string): Promise<DeploymentPlan | undefined> {
  return call(meridian, 'read the plan', QUERY_TIMEOUT_MS, () =>
    meridian.client.workflow.getHandle(workflowId).query(planQuery),
  );
}

/** An ended workflow has a result whether or not a worker is there to tell its last progress. */
export function unlessEnded(status: OperationStatus): (error: unknown) => undefined {
  return (error) => {
    if (status === 'RUNNING') throw error;
    return undefined;
  };
}

export async function operationStatus(meridian: MeridianClient, workflowId: string): Promise<OperationStatus> {
  const description = await call(meridian, 'ask for the state', QUERY_TIMEOUT_MS, () =>
    meridian.client.workflow.getHandle(workflowId).describe(),
  );
  return description.status.name;
}

/** Throws `not-found` for a deployment that never was: a mistyped name starts nothing, and is no deployment without drift. */
export async function requireKnown(meridian: MeridianClient, key: DeploymentKey): Promise<void> {
  await operationStatus(meridian, deploymentWorkflowId(key)).catch((error: unknown) => {
    throw error instanceof ClientProblem && error.code === 'not-found' ? unknownDeployment(key) : error;
  });
}

export async function operationResult<Result>(meridian: MeridianClient, workflowId: string): Promise<Result> {
  return call(meridian, 'read the result', RESULT_TIMEOUT_MS, () =>
    meridian.client.workflow.getHandle(workflowId).result(),
  );
}

export async function deploymentResult(meridian: MeridianClient, workflowId: string): Promise<DeploymentReport> {
  return deploymentReportSchema.parse(await operationResult(meridian, workflowId));
}

/** Sweeps touch nothing that people would ask the state of. */
const LISTED_KINDS = OPERATION_KINDS.filter((kind) => kind !== 'sweep');
/** The workflow types behind them (workflows/deployment.ts). */
const LISTED_TYPES = [
  ...['deployMultiRegion', 'retireDeployment', 'switchOver', 'drainRegion', 'returnRegion', 'promoteRegion'],
  ...['rejoinRegion', 'recordFailOver', 'recoverFromDisaster'],
];

/** Drills that are over would soon be all that is listed: schedules hold one every day. */
const DRILLS_UNDER_WAY = "(WorkflowType = 'runDrill' AND ExecutionStatus = 'Running')";

/**
 * Operations, newest first; of one deployment when a key is given, and drills only while they run unless one is looked for
 * by its number.
 */
export async function listDeployments(
  meridian: MeridianClient,
  key?: DeploymentKey & { generation?: number },
): Promise<OperationListing[]> {
  const listed = `WorkflowType IN (${LISTED_TYPES.map((type) => `'${type}'`).join(', ')})`;
  const drills = key?.generation === undefined ? DRILLS_UNDER_WAY : "WorkflowType = 'runDrill'";
  const types = `(${listed} OR ${drills})`;
  const prefixes = key && LISTED_KINDS.map((kind) => `${kind}/${key.application}/${key.environment}/`);
  const ids = prefixes?.map((prefix) => `WorkflowId STARTS_WITH '${prefix}'`).join(' OR ');
  const query = ids ? `${types} AND (${ids})` : types;
  return call(meridian, 'list deployments', LIST_TIMEOUT_MS, async () => {
    const found: OperationListing[] = [];
    for await (const info of meridian.client.workflow.list({ query })) {
      const operation = operationKeyFromWorkflowId(info.workflowId);
      if (operation) found.push(listing(operation, info));
      if (found.length >= LISTED_OPERATIONS) break;
    }
    // The server answers running ones first, then by the time they ended.
    return found.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  });
}

function listing(operation: OperationKey, info: WorkflowExecutionInfo): OperationListing {
  return {
    ...operation,
    workflowId: info.workflowId,
    runId: info.runId,
    status: info.status.name,
    phase: info.typedSearchAttributes.get(MERIDIAN_PHASE),
    startedAt: info.startTime.toISOString(),
    endedAt: info.closeTime?.toISOString(),
  };
}

/**
 * The newest operation of a deployment, or the one of a generation, with its progress, as far as a worker answers.
 * Throws `not-found`.
 */
export async function deploymentStatus(
  meridian: MeridianClient,
  key: DeploymentKey & { generation?: number },
): Promise<{ operation: OperationListing; progress: Progress | undefined }> {
  const { generation } = key;
  const operations = await listDeployments(meridian, key);
  const operation = generation === undefined ? operations[0] : operations.find((one) => one.generation === generation);
  if (!operation) throw unknownDeployment(key);
  if (operation.kind === 'sweep') return { operation, progress: undefined };
  const progress = await queryProgress(meridian, operation.workflowId).catch(unlessEnded(operation.status));
  return { operation, progress: progress && atStatus(operation.status, progress) };
}

/** What was stopped from outside could not say so itself: nothing waits for a decision in it any more. */
export function atStatus(status: OperationStatus, progress: Progress): Progress {
  if (status === 'RUNNING') return progress;
  const { approval, ...rest } = progress;
  return { ...rest, phase: 'ended', ...(approval && approval.state !== 'waiting' && { approval }) };
}

/** The report of a generation, or of the newest deployment. Throws `not-found`, or `still-running`. */
export async function readReport(
  meridian: MeridianClient,
  key: DeploymentKey,
  generation?: number,
): Promise<DeploymentReport> {
  const workflowId = await deployWorkflowId(meridian, key, generation);
  if ((await reportStatus(meridian, workflowId, key, generation)) === 'RUNNING')
    throw new ClientProblem(
      'still-running',
      `${workflowId} has not ended; there is no report yet`,
      `watch it with "meridian status ${key.application}/${key.environment} --watch"`,
    );
  return deploymentResult(meridian, workflowId);
}

async function reportStatus(
  meridian: MeridianClient,
  workflowId: string,
  key: DeploymentKey,
  generation: number | undefined,
): Promise<OperationStatus> {
  try {
    return await operationStatus(meridian, workflowId);
  } catch (error) {
    if (!(error instanceof ClientProblem) || error.code !== 'not-found') throw error;
    const [newest] = await listDeployments(meridian, key);
    const hint = newest ? `the newest is ${newest.kind} ${newest.generation}; only deployments have reports` : '';
    const name = `${key.application}/${key.environment}/${generation}`;
    throw new ClientProblem('not-found', `no deployment is ${name}`, hint || undefined);
  }
}

async function deployWorkflowId(meridian: MeridianClient, key: DeploymentKey, generation?: number): Promise<string> {
  if (generation !== undefined) return operationWorkflowId({ kind: 'deploy', ...key, generation });
  const newest = (await listDeployments(meridian, key)).find(({ kind }) => kind === 'deploy');
  if (!newest) throw unknownDeployment(key);
  return newest.workflowId;
}

export function unknownDeployment({
  application,
  environment,
  generation,
}: DeploymentKey & { generation?: number }): ClientProblem {
  return new ClientProblem(
    'not-found',
    `nothing is known of ${application}/${environment}${generation === undefined ? '' : `/${generation}`}`,
    'list what is known with "meridian status"',
  );
}
