import type { webApi } from '@slack/bolt';
import { ClientProblem } from '../client-problem';
import type { MeridianClient } from '../connection';
import { queryProgress } from '../observe';
import { decideApproval } from '../operations';
import { type Button, buttonRefusal } from './buttons';
import { currentMessage } from './follow-message';

export interface Click {
  button: Button;
  decision: 'approve' | 'reject';
  /** Slack's id of the person, as Slack has authenticated them */
  userId: string;
  /** the message that holds the button */
  channel: string;
  ts: string;
}

/**
 * Decides what a button stands for, if it still is what waits. Needs nothing but the click: the approval is read anew,
 * and who may decide is judged by the workflow. Returns why nothing was decided; undefined when it was.
 */
export async function handleClick(
  meridian: MeridianClient,
  slack: webApi.WebClient,
  { button, decision, userId, channel, ts }: Click,
): Promise<string | undefined> {
  const { workflowId, approvalId, digest } = button;
  const refresh = async () => {
    const progress = await queryProgress(meridian, workflowId);
    await slack.chat.update({ channel, ts, ...(await currentMessage(meridian, workflowId, progress)) });
  };
  try {
    const { approval } = await queryProgress(meridian, workflowId, Number.MAX_SAFE_INTEGER);
    const refusal = buttonRefusal(button, approval, Date.now());
    if (refusal === undefined)
      await decideApproval(meridian, workflowId, { approvalId, digest, decision, by: `slack:${userId}` });
    await refresh();
    return refusal;
  } catch (error) {
    if (error instanceof ClientProblem) return [error.message, error.hint].filter(Boolean).join('; ');
    throw error;
  }
}
