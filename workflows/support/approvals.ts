import { condition } from '@temporalio/workflow';
import type { Approval, DecideApprovalInput } from '../../contracts/approval';
import type { DeploymentRequest } from '../../contracts/request';
import { stepFailure } from './failures';

/** The approval gates of one deployment. One approval waits at a time; a decided one is never used again. */
export class Approvals {
  readonly all: Approval[] = [];

  constructor(
    private readonly request: DeploymentRequest,
    private readonly requester: string,
  ) {}

  waiting(): Approval | undefined {
    return this.all.find(({ state }) => state === 'waiting');
  }

  /** Why a decision cannot be taken now; undefined when it can. Pure, so that the update validator may ask. */
  refusal(input: DecideApprovalInput): string | undefined {
    const approval = this.all.find(({ id }) => id === input.approvalId);
    if (!approval)
      return `there is no approval ${input.approvalId}; known: ${this.all.map(({ id }) => id).join(', ') || 'none'}`;
    if (approval.state !== 'waiting') return `approval ${approval.id} is already ${approval.state}`;
    if (input.digest !== approval.digest) {
      return `the decision is for ${input.digest.slice(0, 12)}, waiting is ${approval.digest.slice(0, 12)}: read the plan again`;
    }
    return input.decision === 'reject' ? undefined : this.impossible();
  }

  /** Why nobody can approve anything here; undefined when somebody can. Asked before anything is waited for. */
  impossible(): string | undefined {
    if (this.request.environment !== 'production') return undefined;
    return 'an approval for production must be signed, and signed decisions are not supported yet: deploy to staging or development';
  }

  /** Nothing waits any more: an approval that nobody decided is void. */
  close(): void {
    for (const [index, approval] of this.all.entries()) {
      if (approval.state === 'waiting') this.all[index] = { ...approval, state: 'void' };
    }
  }

  decide(input: DecideApprovalInput): void {
    const index = this.all.findIndex(({ id }) => id === input.approvalId);
    const approval = this.all[index];
    if (!approval) return;
    this.all[index] = {
      ...approval,
      state: input.decision === 'approve' ? 'approved' : 'rejected',
      decidedBy: input.by,
      decidedAt: new Date().toISOString(),
      ...(input.comment !== undefined && { comment: input.comment }),
    };
  }

  /**
   * Waits until the gate is approved. Rejection and time-out throw: an unanswered question is a no.
   * @param required false notes that nobody had to be asked
   * @param opened is called once the approval waits, so that people can be told
   */
  async pass(
    gate: Pick<Approval, 'id' | 'gate' | 'digest' | 'summary' | 'irreversible'>,
    { required, opened }: { required: boolean; opened: () => void },
  ): Promise<void> {
    const now = Date.now();
    const timeoutSeconds = this.request.rollout.approvalTimeoutSeconds;
    const approval: Approval = {
      ...gate,
      requester: this.requester,
      requestedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + timeoutSeconds * 1_000).toISOString(),
      state: required ? 'waiting' : 'not-required',
      verified: false,
    };
    const index = this.all.push(approval) - 1;
    if (approval.state === 'not-required') return;
    opened();
    await condition(() => this.all[index]?.state !== 'waiting', timeoutSeconds * 1_000, {
      summary: `approval: ${gate.gate}`,
    });
    const decided = this.all[index];
    if (decided?.state === 'approved') return;
    if (decided?.state === 'rejected') {
      const comment = decided.comment ? `: ${decided.comment}` : '';
      throw stepFailure('Approval.Rejected', `${decided.decidedBy} rejected ${gate.summary}${comment}`);
    }
    this.all[index] = { ...approval, state: 'expired' };
    throw stepFailure('Approval.Expired', `nobody decided on ${gate.summary} within ${timeoutSeconds} s`);
  }
}
