import type { Action, WatchDecision } from '../../contracts/health-matrix';
import { holdReason } from './restraint';
import type { WatchFacts } from './watch-facts';

/** What is to be done with one action: ask the deployment for it, propose it to a person, or hold it. */
export interface Verdict {
  action: Action;
  do: 'ask' | 'propose' | 'hold';
  /** why it is held or only proposed */
  why: string;
}

/**
 * Judges actions by the automation of the deployment (off, propose, automatic) and by restraint. What the platform has
 * done already is written down whatever the automation says. An action that was dealt with while its reason lasts, or
 * within the last dwell, comes up once.
 * @param pending keys of the actions that were dealt with and whose reasons have lasted since
 */
export function decide(
  actions: readonly Action[],
  past: readonly WatchDecision[],
  pending: readonly string[],
  facts: WatchFacts,
): Verdict[] {
  const { automation } = facts.deployment;
  const verdicts: Verdict[] = [];
  const soFar: Array<Pick<WatchDecision, 'kind' | 'region' | 'to' | 'at' | 'outcome'>> = [...past];
  for (const action of actions) {
    if (pending.includes(actionKey(action))) continue;
    if (action.kind !== 'record' && automation === 'off') continue;
    const why = holdReason(action, soFar, facts);
    if (why !== undefined) verdicts.push({ action, do: 'hold', why });
    else if (action.kind === 'record' || automation === 'automatic') {
      verdicts.push({ action, do: 'ask', why: '' });
      soFar.push({ ...action, at: new Date(facts.nowMs).toISOString(), outcome: 'asked' });
    } else verdicts.push({ action, do: 'propose', why: `automation is ${automation}` });
  }
  return verdicts;
}

/** The same thing done to the same region. */
export function actionKey({ kind, region, to }: Pick<Action, 'kind' | 'region' | 'to'>): string {
  return [kind, region, ...(to === undefined ? [] : [to])].join(' ');
}
