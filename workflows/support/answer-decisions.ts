import { setHandler } from '@temporalio/workflow';
import type { DecideApprovalInput } from '../../contracts/approval';
import { decideApprovalUpdate } from '../../contracts/messages';
import type { Approvals } from './approvals';
import { refuse } from './failures';

/**
 * Lets people decide. A decision that cannot count is refused before it leaves a trace; one that may is judged again by
 * the approvers of this moment, since a key may have been revoked since the question was asked.
 */
export function answerDecisions(
  approvals: Approvals,
  { reread, decided }: { reread: () => Promise<void>; decided: (input: DecideApprovalInput) => void },
): void {
  setHandler(
    decideApprovalUpdate,
    async (decision) => {
      await reread();
      refuse(approvals.refusal(decision));
      approvals.decide(decision);
      decided(decision);
    },
    { validator: (decision) => refuse(approvals.refusal(decision)) },
  );
}
