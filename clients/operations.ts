import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation, type WorkflowStartOptions } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { DecideApprovalInput } from '../contracts/approval';
import type { Decision } from '../contracts/decision';
import type { Intake } from '../contracts/intake';
import type { LedgerSummary } from '../contracts/ledger';
import {
  type BeginOperationResult,
  beginOperationUpdate,
  decideApprovalUpdate,
  type OperationRequest,
} from '../contracts/messages';
import type { DeploymentPlan } from '../contracts/plan';
import type { DeploymentRequest } from '../contracts/request';
import { MERIDIAN_APPLICATION, MERIDIAN_ENVIRONMENT } from '../contracts/search-attributes';
import { type DeploymentKey, deploymentWorkflowId } from '../contracts/workflow-ids';
import { toClientProblem } from './client-problem';
import { call, type MeridianClient, requireWorker } from './connection';
import { requireKnown } from './observe';
import { signedDecision, signedOperation } from './signing/signer';

const UPDATE_TIMEOUT_MS = 30_000;
/** A plan asks the platform about every stack; the model may take two turns per step. */
const PLAN_TIMEOUT_MS = 5 * 60_000;

const DOING: Record<OperationRequest['kind'], string> = {
  deploy: 'submit the deployment',
  retire: 'retire the deployment',
  sweep: 'sweep the deployment',
  switchover: 'switch over',
  drain: 'drain the region',
  undrain: 'return the region',
  'promote-region': 'promote the region',
  rejoin: 'rejoin the region',
  'record-failover': 'record the failover',
  restore: 'restore the data',
  drill: 'hold the drill',
};

export interface PlanResult {
  plan: DeploymentPlan;
  decisions: Decision[];
  ledger: LedgerSummary;
  /** why a deployment of this plan would not get an approval here */
  notApprovable?: string;
}

export interface SubmitDeploymentInput {
  request: DeploymentRequest;
  requester: string;
  /** when the request was a sentence */
  intake?: Intake | undefined;
  revertDrift?: boolean;
}

/**
 * Hands a request to the deployment entity, which is started when it does not run yet. Returns as soon as the
 * operation has its generation; watch it with `watchDeployment`. Throws a ClientProblem.
 */
export async function submitDeployment(
  meridian: MeridianClient,
  { request, requester, intake, revertDrift }: SubmitDeploymentInput,
): Promise<BeginOperationResult> {
  const operation = {
    kind: 'deploy',
    request,
    requester,
    ...(intake && { intake }),
    ...(revertDrift && { revertDrift }),
  } as const;
  return beginOperation(meridian, request, operation);
}

/**
 * Destroys everything of a deployment; the result of the returned workflow says what was destroyed and what is left.
 * Throws `not-found` for a deployment that never was: a mistyped name starts nothing.
 */
export async function retireDeployment(
  meridian: MeridianClient,
  { application, environment, requester }: DeploymentKey & { requester: string },
): Promise<BeginOperationResult> {
  const key = { application, environment };
  await requireKnown(meridian, key);
  return beginOperation(meridian, key, { kind: 'retire', requester });
}

/** Asks the deployment for its operation slot; any of our operations begins here. Throws a ClientProblem. */
export async function beginOperation(
  meridian: MeridianClient,
  key: DeploymentKey,
  unsigned: OperationRequest,
): Promise<BeginOperationResult> {
  const { application, environment } = key;
  const operation = signedOperation(meridian.signer, unsigned, { application, environment });
  const doing = DOING[operation.kind];
  await requireWorker(meridian, doing);
  // One id for both attempts: should the first have reached the entity after all, the second gets its answer.
  const updateId = randomUUID();
  try {
    return await updateWithStart(meridian, key, operation, updateId, true);
  } catch (error) {
    if (!saysUnknownSearchAttribute(error)) throw toClientProblem(error, doing, meridian.address);
  }
  return call(meridian, doing, UPDATE_TIMEOUT_MS, () => updateWithStart(meridian, key, operation, updateId, false));
}

async function updateWithStart(
  { client, taskQueue }: MeridianClient,
  { application, environment }: DeploymentKey,
  operation: OperationRequest,
  updateId: string,
  searchable: boolean,
): Promise<BeginOperationResult> {
  const options: WorkflowStartOptions & { workflowIdConflictPolicy: 'USE_EXISTING' } = {
    workflowId: deploymentWorkflowId({ application, environment }),
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue,
    args: [{ application, environment }],
    staticSummary: `${application} in ${environment}: one operation at a time`,
    ...(searchable && { typedSearchAttributes: searchAttributes({ application, environment }) }),
  };
  const startWorkflowOperation = new WithStartWorkflowOperation('deployment', options);
  return client.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
    client.workflow.executeUpdateWithStart(beginOperationUpdate, {
      args: [operation],
      updateId,
      startWorkflowOperation,
    }),
  );
}

/** What the Web UI and `meridian status` filter by. */
function searchAttributes({ application, environment }: DeploymentKey): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: MERIDIAN_APPLICATION, value: application },
    { key: MERIDIAN_ENVIRONMENT, value: environment },
  ]);
}

/** A server on which our search attributes are not registered refuses the start; everything works without them. */
function saysUnknownSearchAttribute(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (/search attribute/i.test(error.message)) return true;
  return error.cause !== undefined && saysUnknownSearchAttribute(error.cause);
}

/** Plans without deploying: takes no generation and touches nothing. Throws a ClientProblem. */
export async function planDeployment(
  meridian: MeridianClient,
  { request, requester, intake }: Omit<SubmitDeploymentInput, 'revertDrift'>,
): Promise<PlanResult> {
  const doing = 'plan the deployment';
  await requireWorker(meridian, doing);
  const { application, environment } = request;
  return call(meridian, doing, PLAN_TIMEOUT_MS, () =>
    meridian.client.workflow.execute('planDeployment', {
      workflowId: `plan/${application}/${environment}/${randomUUID()}`,
      taskQueue: meridian.taskQueue,
      args: [{ request, requester, ...(intake && { intake }) }],
      workflowExecutionTimeout: PLAN_TIMEOUT_MS,
      staticSummary: `plan of ${application} in ${environment}, asked for by ${requester}`,
    }),
  );
}

/**
 * Decides the approval that waits, signed when the client has a key. The digest must be the one that waits: a plan that
 * changed is refused.
 */
export async function decideApproval(
  meridian: MeridianClient,
  workflowId: string,
  unsigned: DecideApprovalInput,
): Promise<void> {
  const decision = signedDecision(meridian.signer, workflowId, unsigned);
  const doing = decision.decision === 'approve' ? 'approve' : 'reject';
  await call(meridian, doing, UPDATE_TIMEOUT_MS, () =>
    meridian.client.workflow.getHandle(workflowId).executeUpdate(decideApprovalUpdate, {
      args: [decision],
      // The same person repeating the same decision is one decision.
      updateId: `${decision.approvalId}:${decision.digest}:${decision.decision}:${decision.by}`,
    }),
  );
}
