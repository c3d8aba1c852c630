import { patched, setHandler, workflowInfo } from '@temporalio/workflow';
import type { OrchestratorSettings } from '../activities/settings';
import type { StackScope } from '../activities/stacks';
import { ledgerSummary, openLedger } from '../agents/loop/token-ledger';
import { abortUpdate, progressQuery, standDownSignal } from '../contracts/messages';
import type { StackRef } from '../contracts/stack';
import { type DeploymentKey, deploymentWorkflowId } from '../contracts/workflow-ids';
import { inDestroyOrder } from '../policies/destroy-order';
import { removalGate } from '../policies/removal-gate';
import { platform, quick } from './support/activity-stubs';
import { answerDecisions } from './support/answer-decisions';
import { Approvals } from './support/approvals';
import { destroyInOrder } from './support/destroy-in-order';
import { messageOf, refuse, stepFailure } from './support/failures';
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

/** How long the question before destroying waits: a day. Nobody's answer is a no. */
const APPROVAL_TIMEOUT_SECONDS = 86_400;

/** Destroys everything of a deployment, where its record says it is. The only way from present to destroyed. */
export async function retireDeployment(input: RetireInput): Promise<RetireResult> {
  requireParent(deploymentWorkflowId(input));
  const retirement = new Retirement(input);
  await retirement.readSettings();
  const record = await quick.loadRecord('read what is live', input);
  if (!record.place) return { destroyed: [], leftovers: [] };
  const scope: StackScope & { account: string } = { ...input, ...record.place };
  const found = await platform.listStacks('list what exists', scope);
  const refs = inDestroyOrder(found, record.primary).map(({ ref }) => ref);
  const { progress } = retirement;
  if (input.environment === 'production' && refs.length > 0) {
    await retirement.approve(refs).catch((error: unknown) => {
      progress.enter('ended', `nothing was destroyed: ${messageOf(error)}`);
      throw error;
    });
  }
  progress.enter('removal', `destroying ${refs.length} stacks`);
  const { destroyed, left } = await destroyInOrder(refs, (ref) => {
    progress.say(`destroy ${ref.kind}`, ref.region);
    return platform.retireStack(`${ref.region}: destroy ${ref.kind}`, { ...scope, ref });
  });
  if (left.length === 0) {
    if (patched('drill-schedules')) await quick.endDrillSchedules('nothing drills it any more', input);
    await quick.recordRetired('record that nothing is left', input);
  }
  if (left.length > 0 && !left.some(({ ref }) => ref.kind === 'global'))
    await quick.recordNotLive('record that traffic has ended', input);
  progress.enter('ended', left.length === 0 ? 'nothing is left' : `${left.length} stacks are left`);
  return { destroyed: destroyed.map(({ region, kind }) => `${region}/${kind}`), leftovers: left };
}

/** What people see and decide of a retirement. */
class Retirement {
  readonly progress: ProgressLog;
  private readonly approvals: Approvals;
  private settings: OrchestratorSettings = { searchable: false };

  constructor(private readonly input: RetireInput) {
    const { environment, requester } = input;
    const { workflowId } = workflowInfo();
    const approvers = () => this.settings.approvers ?? [];
    const timeoutSeconds = APPROVAL_TIMEOUT_SECONDS;
    this.approvals = new Approvals({ environment, timeoutSeconds, requester, workflowId, approvers });
    this.progress = new ProgressLog({
      ledger: () => ledgerSummary(openLedger()),
      approval: () => this.approvals.waiting() ?? this.approvals.all.at(-1),
      paused: () => undefined,
      searchable: () => this.settings.searchable,
    });
    setHandler(progressQuery, ({ sinceSeq }) => this.progress.read(sinceSeq));
    setHandler(
      abortUpdate,
      ({ by, reason }) => {
        this.progress.say(`${by} stops the retirement: ${reason}`);
        this.approvals.close(`${by} stopped it (${reason})`);
      },
      { validator: (_request) => refuse(this.stopRefusal()) },
    );
    // Nothing was destroyed while the question waits; once it is decided an emergency would find nothing to save.
    setHandler(standDownSignal, ({ by }) => this.approvals.close(`made way for ${by}`, 'Operation.MadeWay'));
    answerDecisions(this.approvals, {
      reread: () => this.readSettings(),
      decided: ({ by, decision }) => this.progress.say(`${by} decided: ${decision}`),
    });
  }

  /** Production is destroyed by two people: one who asks, and another who says yes to exactly these stacks. */
  async approve(refs: StackRef[]): Promise<void> {
    const refusal = this.approvals.impossible();
    if (refusal) throw stepFailure('Plan.Blocked', refusal);
    const gate = removalGate(this.input, refs);
    const opened = () => this.progress.enter('approval', `waiting for approval of ${gate.summary}`);
    await this.approvals.pass(gate, { required: true, opened });
  }

  private stopRefusal(): string | undefined {
    if (this.approvals.waiting()) return undefined;
    return 'a retirement can be stopped only while its approval waits: what is destroyed does not come back';
  }

  async readSettings(): Promise<void> {
    this.settings = await quick.readSettings('whose signatures count');
  }
}
