import { allHandlersFinished, CancellationScope, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Writer } from '../../activities/operations';
import { abortUpdate, type LiveOperationRequest, progressQuery, standDownSignal } from '../../contracts/messages';
import type { OperatingState, OperationOutcome, OperationReport } from '../../contracts/operation-report';
import type { DeploymentRecord } from '../../contracts/record';
import { deploymentWorkflowId } from '../../contracts/workflow-ids';
import { judgeOperation } from '../../policies/operations/judge-operation';
import { isDiverged, newestEpoch, operatingState } from '../../policies/operations/operating-state';
import { platform, quick } from '../support/activity-stubs';
import { answerDecisions } from '../support/answer-decisions';
import { failureTypeOf, messageOf, refuse, regionOf } from '../support/failures';
import { requireParent } from '../support/parent';
import { type ApprovedState, isLeft, isOutbid, type OperateInput, OperationRun } from './operation-run';

/** What an operation does once the table allows it; returns its summary in one sentence. */
export type Story<Request extends LiveOperationRequest> = (
  run: OperationRun<Request>,
  writers: Writer[],
) => Promise<string>;

interface Ending {
  outcome: OperationOutcome;
  summary: string;
  failure?: NonNullable<OperationReport['failure']>;
}

/**
 * The frame of every operation on a live deployment: what the record and the platform say is read, the table is asked,
 * the story runs, and if it breaks off the way back is taken. A cancellation is heard where a stop is: at the next safe
 * point, and not at all once the only way is forward. Every end is a report.
 */
export async function operate<Request extends LiveOperationRequest>(
  input: OperateInput<Request>,
  story: Story<Request>,
): Promise<OperationReport> {
  requireParent(deploymentWorkflowId(input));
  const run = new OperationRun(input);
  answerMessages(run);
  let before: OperatingState | undefined;
  const tell = async (): Promise<Ending> => {
    run.settings = await quick.readSettings('read the orchestrator settings');
    const record = await run.readRecord('read what is live');
    const writers = record.live ? await findWriters(run) : [];
    const diverged = isDiverged(record, writers);
    before = operatingState(record, diverged);
    const changed = otherThanApproved(input.approvedFor, record);
    if (changed) return { outcome: 'refused', summary: changed };
    const judgement = judgeOperation(run.request, record, diverged);
    if (judgement.kind !== 'legal')
      return { outcome: judgement.kind === 'already' ? 'nothing-to-do' : 'refused', summary: judgement.why };
    run.progress.plan(run.live.topology.regions);
    return { outcome: 'done', summary: await story(run, writers) };
  };
  CancellationScope.current().cancelRequested.catch(() => run.stop('it was cancelled'));
  return CancellationScope.nonCancellable(async () => {
    const ending = await tell().catch((error: unknown) => breakOff(run, error));
    const report = await file(run, ending, before);
    await condition(allHandlersFinished);
    return report;
  });
}

function answerMessages(run: OperationRun): void {
  setHandler(progressQuery, ({ sinceSeq }) => run.progress.read(sinceSeq));
  setHandler(standDownSignal, ({ by, questionOnly }) => {
    run.progress.say(`${by} needs the slot`);
    run.makeWay(by, questionOnly);
  });
  setHandler(
    abortUpdate,
    ({ by, reason }) => {
      run.progress.say(`${by} stops the ${run.request.kind}: ${reason}`);
      run.stop(`${by} stopped it (${reason})`);
    },
    { validator: (_request) => refuse(run.stopRefusal) },
  );
  answerDecisions(run.approvals, {
    reread: async () => {
      run.settings = await quick.readSettings('whose signatures count now');
    },
    decided: ({ by, decision }) => run.progress.say(`${by} decided: ${decision}`),
  });
}

/** Who takes the writes of each store, as the platform has it; acts from then on carry the newest epoch. */
export async function findWriters(run: OperationRun): Promise<Writer[]> {
  const stores = run.stores.map((store) => ({ store: store.store, regions: run.regionsOf(store) }));
  if (stores.length === 0) return [];
  const writers = await platform.findWriters('who takes the writes', { ...run.on, stores });
  run.epoch = newestEpoch(run, writers);
  return writers;
}

async function breakOff(run: OperationRun, error: unknown): Promise<Ending> {
  const message = messageOf(error);
  const type = failureTypeOf(error) ?? 'Internal';
  run.progress.say(message);
  await run.goBack();
  run.nameUnfinished();
  const region = regionOf(error);
  return { outcome: outcomeOf(run, type), summary: message, failure: { type, message, ...(region && { region }) } };
}

/** What somebody approved was approved for one state: a healthy region is not fenced for a question from before. */
function otherThanApproved(
  approved: ApprovedState | undefined,
  { primary, epoch }: DeploymentRecord,
): string | undefined {
  if (!approved || (approved.primary === primary && approved.epoch === epoch)) return undefined;
  const then = `${approved.primary ?? 'nobody'} took the writes at epoch ${approved.epoch}`;
  return `it was approved while ${then}; now ${primary ?? 'nobody'} does at epoch ${epoch}: ask again`;
}

function outcomeOf(run: OperationRun, type: string): OperationOutcome {
  if (isLeft(type) || (run.standDownFor && isOutbid(type))) return 'stood-down';
  return type === 'Approval.Rejected' || type === 'Approval.Expired' ? 'rejected' : 'failed';
}

/** What was done is done: a report that cannot be filed changes nothing about the outcome. */
async function file(run: OperationRun, ending: Ending, before: OperatingState | undefined): Promise<OperationReport> {
  const { application, environment, generation, request } = run.input;
  const { workflowId: id, runId } = workflowInfo();
  run.close();
  const report: OperationReport = {
    schema: 'meridian.operation/1',
    kind: request.kind,
    ...{ application, environment, generation },
    outcome: ending.outcome,
    summary: ending.summary,
    requester: request.requester,
    ...(request.reason && { reason: request.reason }),
    approvals: run.approvals.all,
    phases: run.phases,
    receipts: run.receipts,
    evidence: run.evidence,
    ...(before && { before }),
    ...(ending.failure && { failure: ending.failure }),
    undone: run.undone,
    left: run.left,
    next: run.next,
    documents: run.documents,
    workflow: { id, runId },
    startedAt: run.startedAt,
    endedAt: new Date().toISOString(),
  };
  try {
    report.after = operatingState(await run.readRecord('read what has become of it'));
    const artifact = await quick.fileOperation('file the report', { report });
    report.documents = [...report.documents, { name: 'operation.json', artifact }];
  } catch (error) {
    run.progress.say(`the report could not be filed: ${messageOf(error)}`);
  }
  run.progress.endAs(ending.outcome, ending.summary);
  return report;
}
