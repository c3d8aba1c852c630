import { CancellationScope, condition } from '@temporalio/workflow';
import type { Approval, Approver, DecideApprovalInput } from '../../contracts/approval';
import type { FailureType } from '../../contracts/failure-types';
import { decisionRefusal, isVerified } from '../../policies/decision-refusal';
import { stepFailure } from './failures';

export type Gate = Pick<Approval, 'id' | 'gate' | 'digest' | 'summary' | 'irreversible'>;

export interface ApprovalContext {
  environment: string;
  /** how long a question waits for an answer */
  timeoutSeconds: number;
  requester: string;
  workflowId: string;
  /** whose signatures count; read with the settings, after the workflow has started */
  approvers: () => readonly Approver[];
}

export interface PassOptions {
  /** false notes that nobody had to be asked */
  required: boolean;
  /** called once the approval waits, so that people can be told */
  opened: () => void;
  /** goes on voting while a person thinks; its failure voids the approval and is thrown */
  vote?: (() => Promise<never>) | undefined;
}

/** The approval gates of one operation. One approval waits at a time; a decided one is never used again. */
export class Approvals {
  readonly all: Approval[] = [];
  private closed: { why: string; type: FailureType } | undefined;

  constructor(private readonly context: ApprovalContext) {}

  waiting(): Approval | undefined {
    return this.all.find(({ state }) => state === 'waiting');
  }

  /** Why a decision cannot be taken now; undefined when it can. Pure, so that the update validator may ask. */
  refusal(decision: DecideApprovalInput): string | undefined {
    const approval = this.all.find(({ id }) => id === decision.approvalId);
    if (approval) return decisionRefusal(this.facts(decision, approval));
    return `there is no approval ${decision.approvalId}; known: ${this.all.map(({ id }) => id).join(', ') || 'none'}`;
  }

  /** Why nobody can approve anything here; undefined when somebody can. Asked before anything is waited for. */
  impossible(): string | undefined {
    const { environment, approvers } = this.context;
    if (environment !== 'production' || approvers().length > 0) return undefined;
    return 'an approval for production must be signed, and this worker knows no approver: set MERIDIAN_APPROVERS on the worker (docs/approvals.md)';
  }

  /** Nothing is asked any more: an approval that nobody decided is void, and `pass` ends with why. */
  close(why = 'stopped', type: FailureType = 'Operation.Aborted'): void {
    this.closed ??= { why, type };
    for (const [index, approval] of this.all.entries()) {
      if (approval.state === 'waiting') this.all[index] = { ...approval, state: 'void' };
    }
  }

  decide(decision: DecideApprovalInput): void {
    const index = this.all.findIndex(({ id }) => id === decision.approvalId);
    const approval = this.all[index];
    if (!approval) return;
    this.all[index] = {
      ...approval,
      state: decision.decision === 'approve' ? 'approved' : 'rejected',
      decidedBy: decision.by,
      decidedAt: new Date().toISOString(),
      verified: isVerified(this.facts(decision, approval)),
      ...(decision.comment !== undefined && { comment: decision.comment }),
    };
  }

  /** Waits until the gate is approved. Rejection and time-out throw: an unanswered question is a no. */
  async pass(gate: Gate, { required, opened, vote }: PassOptions): Promise<void> {
    // people are shown one question at a time
    await condition(() => !required || this.waiting() === undefined);
    if (required) this.refuseClosed(gate);
    const index = this.open(gate, required);
    if (!required) return;
    opened();
    const { timeoutSeconds } = this.context;
    const decided = () =>
      condition(() => this.all[index]?.state !== 'waiting', timeoutSeconds * 1_000, {
        summary: `approval: ${gate.gate}`,
      });
    try {
      await (vote ? whileVoting(vote, decided) : decided());
    } catch (error) {
      this.settle(index, 'void');
      throw error;
    }
    const approval = this.all[index];
    if (approval?.state === 'approved') return;
    if (approval?.state === 'rejected') {
      const comment = approval.comment ? `: ${approval.comment}` : '';
      throw stepFailure('Approval.Rejected', `${approval.decidedBy} rejected ${gate.summary}${comment}`);
    }
    this.refuseClosed(gate);
    this.settle(index, 'expired');
    throw stepFailure('Approval.Expired', `nobody decided on ${gate.summary} within ${timeoutSeconds} s`);
  }

  /** A gate that is asked again gets an id of its own: a decision for the first time is none for the second. */
  private open(gate: Gate, required: boolean): number {
    const times = this.all.filter(({ id }) => id === gate.id || id.startsWith(`${gate.id}#`)).length;
    const now = Date.now();
    const { requester, timeoutSeconds } = this.context;
    const approval: Approval = {
      ...gate,
      id: times === 0 ? gate.id : `${gate.id}#${times + 1}`,
      requester,
      requestedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + timeoutSeconds * 1_000).toISOString(),
      state: required ? 'waiting' : 'not-required',
      verified: false,
    };
    return this.all.push(approval) - 1;
  }

  private refuseClosed({ summary }: Gate): void {
    if (this.closed) throw stepFailure(this.closed.type, `${this.closed.why} before ${summary} was decided`);
  }

  private settle(index: number, state: 'void' | 'expired'): void {
    const approval = this.all[index];
    if (approval?.state === 'waiting') this.all[index] = { ...approval, state };
  }

  private facts(decision: DecideApprovalInput, approval: Approval) {
    const { environment, workflowId, approvers } = this.context;
    return { decision, approval, workflowId, environment, approvers: approvers(), nowMs: Date.now() };
  }
}

/** Runs `wait` while `vote` runs beside it; whichever ends first decides, and the vote is over with it. */
async function whileVoting(vote: () => Promise<never>, wait: () => Promise<unknown>): Promise<void> {
  const voting = new CancellationScope();
  const sick = voting.run(vote);
  sick.catch(() => {});
  try {
    await Promise.race([wait(), sick]);
  } finally {
    voting.cancel();
  }
}
