import { isCancellation, log, workflowInfo } from '@temporalio/workflow';
import type { WatchDecision } from '../../contracts/health-matrix';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import { actionKey, type Verdict } from '../../policies/health/decide';
import { afterDecision, judge } from '../../policies/health/judge';
import { commandOf } from '../../policies/health/operation-of';
import { quick } from '../support/activity-stubs';
import { messageOf } from '../support/failures';
import type { ChangeState, ReadState } from './state-access';

/** Judges what was seen: alerts open and close, and what should be done is asked for, proposed or held. */
export async function actOnFindings(key: DeploymentKey, get: ReadState, set: ChangeState): Promise<void> {
  const judged = judge(key, get(), Date.now());
  set(() => judged.state);
  for (const workflowId of judged.withdrawn) await withdraw(workflowId);
  for (const verdict of judged.verdicts) {
    const decision = await carryOut(key, verdict, get().checks);
    set((state) => afterDecision(state, decision, Date.now()));
  }
}

/** What was decided at this moment, or has ended meanwhile, needs no withdrawal. */
async function withdraw(workflowId: string): Promise<void> {
  try {
    await quick.withdrawProposal('withdraw what nobody needs to decide any more', { workflowId });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('a proposal could not be withdrawn', { workflowId, error: String(error) });
  }
}

async function carryOut(key: DeploymentKey, { action, do: what, why }: Verdict, check: number): Promise<WatchDecision> {
  // Every new watch counts its checks anew, and the deployment knows the answers to the ids of the last.
  const id = `${workflowInfo().runId}-${check}-${actionKey(action).replaceAll(' ', '-')}`;
  const decision = { ...action, id, at: new Date(Date.now()).toISOString() };
  const command = commandOf(action, key);
  if (what === 'hold') return { ...decision, outcome: 'held', detail: `${why}; by hand: ${command}` };
  // For the loss of the primary an approval is laid out: everything else is one command.
  if (what === 'propose' && action.kind !== 'fail-over') return { ...decision, outcome: 'proposed', detail: command };
  try {
    const input = { ...key, action, id, proposed: what === 'propose' };
    const answer = await quick.askForOperation(`${action.region}: ask for ${action.kind}`, input);
    if ('refused' in answer)
      return { ...decision, outcome: 'refused', detail: `${answer.refused}; by hand: ${command}` };
    const { workflowId } = answer;
    if (what === 'ask') return { ...decision, outcome: 'asked', detail: workflowId, workflowId };
    return { ...decision, outcome: 'proposed', detail: `meridian approve ${workflowId}`, workflowId };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { ...decision, outcome: 'refused', detail: `${messageOf(error)}; by hand: ${command}` };
  }
}
