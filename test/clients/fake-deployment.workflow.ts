import {
  condition,
  ParentClosePolicy,
  setHandler,
  sleep,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Approval } from '../../contracts/approval';
import {
  abortUpdate,
  beginOperationUpdate,
  decideApprovalUpdate,
  operationQueueQuery,
  planQuery,
  progressQuery,
} from '../../contracts/messages';
import type { Progress } from '../../contracts/progress';
import type { DeploymentReport } from '../../contracts/report';
import { MERIDIAN_APPLICATION, MERIDIAN_PHASE } from '../../contracts/search-attributes';

/** What the test wants told: handed through the notes of the request, since the messages have no room for it. */
interface Script {
  report: DeploymentReport;
  digest: string;
  /** for so long after the decision the workflow's tasks fail, as with a bug that a newer worker repairs */
  failsForMs?: number;
}

/** Stands in for the entity: gives out generations and starts the operation; knows nothing of slots and records. */
export async function deployment(key: { application: string; environment: string }): Promise<void> {
  let generation = 0;
  setHandler(operationQueueQuery, () => ({ running: [], waiting: [] }));
  setHandler(beginOperationUpdate, async (operation) => {
    generation += 1;
    const workflowId = `${operation.kind}/${key.application}/${key.environment}/${generation}`;
    const { typedSearchAttributes } = workflowInfo();
    const options = { workflowId, parentClosePolicy: ParentClosePolicy.ABANDON, typedSearchAttributes };
    if (operation.kind === 'deploy')
      await startChild('deployMultiRegion', { ...options, args: [JSON.parse(operation.request.notes)] });
    else await startChild('retireDeployment', options);
    return { workflowId, generation, ahead: generation - 1 };
  });
  await condition(() => false);
}

/** Stands in for a deployment: waits for an approval, then ends as the script says. */
export async function deployMultiRegion({ report, digest, failsForMs = 0 }: Script): Promise<DeploymentReport> {
  let decision: string | undefined;
  const approval = (): Approval => ({
    ...report.approvals[0]!,
    id: 'plan',
    digest,
    state: decision === undefined ? 'waiting' : 'approved',
  });
  const event = { seq: 1, at: report.startedAt, message: 'plan ready' };
  setHandler(planQuery, () => report.plan);
  setHandler(
    progressQuery,
    ({ sinceSeq }): Progress => ({
      phase: decision === undefined ? 'approval' : 'regions',
      regions: [],
      approval: approval(),
      ledger: report.ledger,
      events: sinceSeq < 1 ? [event] : [],
    }),
  );
  setHandler(
    decideApprovalUpdate,
    (decided) => {
      decision = `${decided.decision} by ${decided.by}`;
    },
    {
      validator: ({ by }) => {
        if (by === 'intruder') throw new Error('intruder may not decide');
      },
    },
  );
  setHandler(abortUpdate, ({ by }) => {
    decision = `aborted by ${by}`;
  });
  const searchable = workflowInfo().typedSearchAttributes.get(MERIDIAN_APPLICATION) !== undefined;
  const show = (phase: string) => searchable && upsertSearchAttributes([{ key: MERIDIAN_PHASE, value: phase }]);
  show('approval');
  await condition(() => decision !== undefined);
  const decidedAt = Date.now();
  await sleep(700);
  if (Date.now() < decidedAt + failsForMs) throw new TypeError('a bug');
  show(report.verdict);
  return {
    ...report,
    workflow: { id: workflowInfo().workflowId, runId: workflowInfo().runId },
    summary: `${decision}, searchable ${searchable}`,
  };
}

export async function retireDeployment(): Promise<{ destroyed: string[]; leftovers: never[] }> {
  return { destroyed: ['eu-west-1/base'], leftovers: [] };
}

export async function planDeployment({ request }: { request: { notes: string } }) {
  const { report } = JSON.parse(request.notes) as Script;
  return { plan: report.plan, decisions: report.decisions, ledger: report.ledger };
}
