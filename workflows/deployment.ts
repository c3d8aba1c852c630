import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  setHandler,
  startChild,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type BeginOperationResult,
  beginOperationUpdate,
  type LiveOperationRequest,
  type OperationRequest,
  operationQueueQuery,
  operationRequestSchema,
  standDownSignal,
  withdrawOperationUpdate,
} from '../contracts/messages';
import type { OperationReport } from '../contracts/operation-report';
import { requestText } from '../contracts/request-text';
import { type DeploymentKey, operationWorkflowId, watchWorkflowId } from '../contracts/workflow-ids';
import { judgeOperation } from '../policies/operations/judge-operation';
import { requesterRefusal } from '../policies/requester-refusal';
import { isLiveOperation, startOperation } from './start-operation';
import { quick } from './support/activity-stubs';
import { BegunRequests } from './support/begun-requests';
import { refuse, stepFailure } from './support/failures';
import { type Operation, OperationSlot } from './support/operation-slot';
import { watchRegions } from './watch-regions';

/**
 * The entity behind one application in one environment. It hands out generations and lets one operation at a time
 * touch the record; the others wait. Lives for ever; a fresh run starts whenever the history grows and nothing is under way.
 */
export async function deployment(key: DeploymentKey, begunBefore: readonly string[] = []): Promise<void> {
  const slot = new OperationSlot();
  const begun = new BegunRequests(begunBefore);
  setHandler(beginOperationUpdate, (request) => begin(key, slot, begun, request), {
    validator: (request) => validate(key, request),
  });
  setHandler(operationQueueQuery, () => slot.queue);
  setHandler(
    withdrawOperationUpdate,
    ({ workflowId, by, reason }) => {
      slot.withdraw(workflowId);
      log.info('an operation was withdrawn', { workflowId, by, reason });
    },
    { validator: ({ workflowId }) => refuse(withdrawalRefusal(slot, workflowId)) },
  );
  for (;;) {
    await condition(() => slot.canTake || canStartAfresh(slot));
    const operation = slot.take();
    if (operation) void carryOut(key, slot, operation);
    else await continueAsNew<typeof deployment>(key, begun.stillFresh());
  }
}

/** Nothing is under way and nobody waits for an answer: only then may a fresh run take over. */
function canStartAfresh(slot: OperationSlot): boolean {
  return workflowInfo().continueAsNewSuggested && slot.isIdle && allHandlersFinished();
}

function withdrawalRefusal(slot: OperationSlot, workflowId: string): string | undefined {
  const waiting = slot.queue.waiting.map((one) => one.workflowId);
  if (waiting.includes(workflowId)) return undefined;
  const valid = waiting.join(', ');
  return `${workflowId} does not wait here; ${valid ? `waiting are ${valid}` : 'nothing waits'}`;
}

/** An emergency waits this long for whoever has to make way; then it goes on, and its epoch shuts the other out. */
const MAKE_WAY_MS = 2_000;

/** Runs beside the loop that hands out the slot: an emergency may come meanwhile. Never throws. */
async function carryOut(key: DeploymentKey, slot: OperationSlot, operation: Operation): Promise<void> {
  const inTheWay = slot.inTheWayOf(operation);
  if (inTheWay.length > 0) {
    for (const other of inTheWay) void askToStandDown(slot, other, operation);
    await condition(() => !inTheWay.some((other) => slot.isRunning(other)), MAKE_WAY_MS);
  }
  await runOperation(key, slot, operation);
  slot.release(operation);
}

/** As soon as it has started, however late that is. One that has ended meanwhile needs no telling. */
async function askToStandDown(
  slot: OperationSlot,
  other: Operation,
  { workflowId: by }: Operation,
  questionOnly = false,
): Promise<void> {
  await condition(() => other.start !== 'waiting' || !slot.isRunning(other));
  if (slot.isRunning(other) && other.start === 'started') await standDown(other.workflowId, by, questionOnly);
}

async function standDown(workflowId: string, by: string, questionOnly = false): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(standDownSignal, { by, ...(questionOnly && { questionOnly }) });
  } catch (error) {
    log.warn('could not be asked to stand down', { workflowId, error: String(error) });
  }
}

/** Who only waits for a person gives that up for what is more urgent. */
function enqueue(slot: OperationSlot, operation: Operation): void {
  slot.enqueue(operation);
  for (const other of slot.questionsBefore(operation)) void askToStandDown(slot, other, operation, true);
}

async function begin(
  key: DeploymentKey,
  slot: OperationSlot,
  begun: BegunRequests,
  request: OperationRequest,
): Promise<BeginOperationResult> {
  const { approvers = [], watch = false } = await quick.readSettings('whose signatures count');
  refuse(requesterRefusal({ operation: request, key, approvers, nowMs: Date.now() }));
  if (request.signature) refuse(begun.claim(requestText(request, key, request.signature.issuedAt)));
  if (isLiveOperation(request)) await refuseIllegal(key, slot, request);
  const generation = await quick.openGeneration(`${request.kind}: next generation`, { ...key, operationId: uuid4() });
  const workflowId = operationWorkflowId({ ...key, kind: request.kind, generation });
  const operation: Operation = { request, generation, workflowId, start: 'waiting', ...(watch && { watch }) };
  if (request.kind === 'promote-region' && request.proposed) return propose(key, slot, operation);
  enqueue(slot, operation);
  await condition(() => operation.start !== 'waiting' || slot.isBusyFor(operation));
  if (operation.start === 'failed') throw stepFailure('Internal', `${workflowId} could not be started`);
  return { workflowId, generation, ahead: operation.start === 'waiting' ? slot.ahead(operation) : 0 };
}

/**
 * A proposal needs no slot and stops nobody while people think: only once somebody has approved it does the promotion get
 * a number of its own and the slot.
 */
async function propose(key: DeploymentKey, slot: OperationSlot, operation: Operation): Promise<BeginOperationResult> {
  const { request, generation, workflowId } = operation;
  if (slot.proposed) refuse(`${slot.proposed} waits for an approval already: decide that one first`);
  slot.proposed = workflowId;
  const decide = async () => {
    const child = await startOperation(key, operation);
    operation.start = 'started';
    const report = (await child.result()) as OperationReport;
    if (report.outcome === 'done') await enqueueApproved(key, slot, request, report);
  };
  const decided = decide()
    .catch((error: unknown) => log.warn('proposal did not complete', { workflowId, error: String(error) }))
    .finally(() => {
      slot.proposed = undefined;
    });
  await Promise.race([decided, condition(() => operation.start === 'started')]);
  return { workflowId, generation, ahead: 0 };
}

async function enqueueApproved(
  key: DeploymentKey,
  slot: OperationSlot,
  { ...request }: OperationRequest,
  { approvals, before }: OperationReport,
): Promise<void> {
  const generation = await quick.openGeneration('promote-region: next generation', { ...key, operationId: uuid4() });
  const workflowId = operationWorkflowId({ ...key, kind: request.kind, generation });
  enqueue(slot, {
    request: { ...request, proposed: false } as OperationRequest,
    generation,
    workflowId,
    start: 'waiting',
    approvals,
    ...(before && { approvedFor: { epoch: before.epoch, ...(before.primary && { primary: before.primary }) } }),
  });
}

/**
 * What the table does not allow now is refused at once, while nothing runs that could make it legal; what waits is
 * judged when its turn comes.
 */
async function refuseIllegal(key: DeploymentKey, slot: OperationSlot, request: LiveOperationRequest): Promise<void> {
  if (!slot.isIdle) return;
  const judgement = judgeOperation(request, await quick.loadRecord('what is live now', key));
  if (judgement.kind === 'refused') refuse(judgement.why);
}

/** Whoever sends this has a way around our clients: the whole request is parsed again before anything depends on it. */
function validate(key: DeploymentKey, operation: OperationRequest): void {
  const parsed = operationRequestSchema.safeParse(operation);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw stepFailure('Request.Invalid', `${issue?.path.join('.') || 'operation'}: ${issue?.message}`);
  }
  if (parsed.data.kind !== 'deploy') return;
  const { application, environment } = parsed.data.request;
  if (application === key.application && environment === key.environment) return;
  throw stepFailure(
    'Request.Invalid',
    `the request is for ${application}/${environment}, this is ${key.application}/${key.environment}`,
  );
}

/** A failed operation is that operation's own story; the slot goes on to the next. */
async function runOperation(key: DeploymentKey, slot: OperationSlot, operation: Operation): Promise<void> {
  try {
    const child = await startOperation(key, operation);
    operation.start = 'started';
    const result = await child.result();
    if (slot.proposed && 'after' in result && hasMoved(result)) await standDown(slot.proposed, operation.workflowId);
    if (operation.watch && 'verdict' in result && result.verdict === 'promoted') await watch(key);
  } catch (error) {
    if (operation.start === 'waiting') operation.start = 'failed';
    log.warn('operation did not complete', { workflowId: operation.workflowId, error: String(error) });
  }
}

/** What a proposal asks about is no more: who approved it now would approve something else. */
function hasMoved({ before, after }: OperationReport): boolean {
  return before?.primary !== after?.primary || before?.epoch !== after?.epoch;
}

/** Whatever is live is watched, until nothing is: the watch ends by itself. One that goes on already is as good. */
async function watch(key: DeploymentKey): Promise<void> {
  const workflowId = watchWorkflowId(key);
  const staticSummary = `health of ${key.application}/${key.environment}`;
  try {
    await startChild(watchRegions, {
      workflowId,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary,
      args: [key],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
