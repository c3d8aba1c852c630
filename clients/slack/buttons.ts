import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { Approval } from '../../contracts/approval';

/** Action ids of the two buttons: what they mean is in their name. */
export const APPROVE_ACTION = 'meridian_approve';
export const REJECT_ACTION = 'meridian_reject';

const buttonSchema = z.object({ workflowId: z.string(), approvalId: z.string(), digest: z.string().length(64) });
/** All that a click needs: whoever handles it reads the rest anew, so that it survives any restart. */
export type Button = z.infer<typeof buttonSchema>;

/** Undefined for a value that none of our buttons carries. */
export function parseButton(value: string | undefined): Button | undefined {
  try {
    return buttonSchema.safeParse(JSON.parse(value ?? '')).data;
  } catch {
    return undefined;
  }
}

/** Why a click comes too late or is for something else; undefined when the approval is the one that waits. */
export function buttonRefusal(
  { approvalId, digest }: Button,
  approval: Approval | undefined,
  nowMs: number,
): string | undefined {
  if (!approval) return 'No approval waits here any more.';
  if (approval.id !== approvalId || approval.digest !== digest)
    return 'This button is for another plan: the one that waits now has its own.';
  const hasExpired = approval.state === 'waiting' && nowMs >= Date.parse(approval.expiresAt);
  if (hasExpired || approval.state === 'expired') return 'This approval has expired.';
  if (approval.state === 'waiting') return undefined;
  const who = approval.decidedBy === undefined ? '' : ` by ${approval.decidedBy}`;
  return `This was already decided: ${approval.state}${who}.`;
}

export function approvalButtons(workflowId: string, { id, digest }: Approval): types.KnownBlock {
  const value = JSON.stringify({ workflowId, approvalId: id, digest } satisfies Button);
  const label = (text: string) => ({ type: 'plain_text' as const, text });
  return {
    type: 'actions',
    elements: [
      { type: 'button', action_id: APPROVE_ACTION, style: 'primary', text: label('Approve'), value },
      {
        type: 'button',
        action_id: REJECT_ACTION,
        style: 'danger',
        text: label('Reject'),
        value,
        confirm: {
          title: label('Reject this plan?'),
          text: label('The deployment ends, and nothing more of it is done.'),
          confirm: label('Reject'),
          deny: label('Back'),
        },
      },
    ],
  };
}
