import { setHandler, workflowInfo } from '@temporalio/workflow';
import type { StackScope } from '../activities/stacks';
import { ledgerSummary, openLedger } from '../agents/loop/token-ledger';
import { progressQuery } from '../contracts/messages';
import type { DeploymentRecord } from '../contracts/record';
import type { StackRef } from '../contracts/stack';
import { type DeploymentKey, deploymentWorkflowId } from '../contracts/workflow-ids';
import { inDestroyOrder } from '../policies/destroy-order';
import { removalGate } from '../policies/removal-gate';
import { platform, quick } from './support/activity-stubs';
import { answerDecisions } from './support/answer-decisions';
import { Approvals } from './support/approvals';
import { destroyInOrder } from './support/destroy-in-order';
import { stepFailure } from './support/failures';
import { requireParent } from './support/parent';
import { ProgressLog } from './support/progress-log';

export interface RetireInput extends DeploymentKey {
  requester: string;
  generation: number;
}

export interface RetireResult {
  destroyed: string[];
  leftovers: Array<{ ref: StackRef; why: string }>;
}

/** How long a question waits where the deployment itself never said: a day. */
const APPROVAL_TIMEOUT_SECONDS = 86_400;

/** Destroys everything of a deployment, where its record says it is. The only way from present to destroyed. */
export async function retireDeployment(input: RetireInput): Promise<RetireResult> {
  requireParent(deploymentWorkflowId(input));
  const record = await quick.loadRecord('read what is live', input);
  if (!record.place) return { destroyed: [], leftovers: [] };
  const scope: StackScope & { account: string } = { ...input, ...record.place };
  const found = await platform.listStacks('list what exists', scope);
  const refs = inDestroyOrder(found, record.primary).map(({ ref }) => ref);
  if (input.environment === 'production' && refs.length > 0) await approveRemoval(input, record, refs);
  const { destroyed, left } = await destroyInOrder(refs, (ref) =>
    platform.retireStack(`${ref.region}: destroy ${ref.kind}`, { ...scope, ref }),
  );
  if (left.length === 0) await quick.recordRetired('record that nothing is left', input);
  else if (!left.some(({ ref }) => ref.kind === 'global'))
    await quick.recordNotLive('record that traffic has ended', input);
  return { destroyed: destroyed.map(({ region, kind }) => `${region}/${kind}`), leftovers: left };
}

/** Production is destroyed by two people: one who asks, and another who says yes to exactly these stacks. */
async function approveRemoval(input: RetireInput, record: DeploymentRecord, refs: StackRef[]): Promise<void> {
  let settings = await quick.readSettings('whose signatures count');
  const approvals = new Approvals({
    environment: input.environment,
    timeoutSeconds: record.live?.request.rollout.approvalTimeoutSeconds ?? APPROVAL_TIMEOUT_SECONDS,
    requester: input.requester,
    workflowId: workflowInfo().workflowId,
    approvers: () => settings.approvers ?? [],
  });
  const refusal = approvals.impossible();
  if (refusal) throw stepFailure('Plan.Blocked', refusal);
  const progress = new ProgressLog({
    ledger: () => ledgerSummary(openLedger()),
    approval: () => approvals.waiting() ?? approvals.all.at(-1),
    paused: () => undefined,
    searchable: () => settings.searchable,
  });
  setHandler(progressQuery, ({ sinceSeq }) => progress.read(sinceSeq));
  answerDecisions(approvals, {
    reread: async () => {
      settings = await quick.readSettings('whose signatures count now');
    },
    decided: ({ by, decision }) => progress.say(`${by} decided: ${decision}`),
  });
  const gate = removalGate(input, refs);
  const opened = () => progress.enter('approval', `waiting for approval of ${gate.summary}`);
  await approvals.pass(gate, { required: true, opened });
  progress.enter('removal', `removing ${refs.length} stacks`);
}
