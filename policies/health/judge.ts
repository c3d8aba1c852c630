import type { Action, WatchDecision } from '../../contracts/health-matrix';
import { isOver } from './action-over';
import { type Finding, withFindings } from './alert-book';
import { actionKey, decide, type Verdict } from './decide';
import { decisionFinding, drillFinding, findingsOf, overFinding, wantedKey } from './findings';
import { DWELL_MS } from './restraint';
import { triggersOf } from './triggers';
import { wantedActions } from './wanted-actions';
import type { WatchFacts } from './watch-facts';
import { drainedByWatch, factsOf, type WatchState, withDecision } from './watch-state';

/** What was asked for and has not helped after this may be asked for again. As long as the limit on moves reaches. */
const ASK_AGAIN_MS = 60 * 60_000;

/** Judges what was seen: alerts open and close, and what should be done comes out. Pure. */
export function judge(state: WatchState, nowMs: number): { state: WatchState; verdicts: Verdict[] } {
  const facts = factsOf(state, nowMs);
  if (!facts) return { state, verdicts: [] };
  const triggers = triggersOf(facts);
  const wanted = wantedActions(facts, triggers, drainedByWatch(state));
  const { pending, ended } = sortPending(state, wanted, facts);
  const held = state.held.filter((action) => !isGone(action, wanted, facts));
  const released = state.held.filter((action) => isGone(action, wanted, facts));
  const findings = [
    ...findingsOf(facts, triggers),
    ...[...ended, ...released].map((action) => overFinding(wantedKey(action))),
    ...newDrill(state),
  ];
  const { lastDrill } = facts.deployment;
  const next = {
    ...state,
    pending,
    held,
    book: withFindings(state.book, findings, nowMs),
    toldDrill: lastDrill?.at ?? 'none',
  };
  return { state: next, verdicts: decide(wanted, state.decisions, pending.map(actionKey), facts) };
}

/** What was dealt with stays so until its reason is over; what did not help may come up again after a while. */
function sortPending(
  { pending, decisions }: WatchState,
  wanted: readonly Action[],
  facts: WatchFacts,
): { pending: Action[]; ended: Action[] } {
  const ended = pending.filter((action) => isGone(action, wanted, facts));
  const mayComeAgain = (action: Action) => {
    const latest = decisions.findLast((one) => actionKey(one) === actionKey(action));
    if (!latest || latest.outcome === 'proposed') return false;
    return facts.nowMs - Date.parse(latest.at) >= (latest.outcome === 'asked' ? ASK_AGAIN_MS : DWELL_MS);
  };
  return { pending: pending.filter((action) => !ended.includes(action) && !mayComeAgain(action)), ended };
}

function isGone(action: Action, wanted: readonly Action[], facts: WatchFacts): boolean {
  return !wanted.some((one) => actionKey(one) === actionKey(action)) && isOver(action, facts);
}

/** The drill that was there when the watch began is no news. */
function newDrill({ deployment, toldDrill }: WatchState): Finding[] {
  const drill = deployment?.lastDrill;
  return drill && toldDrill !== undefined && toldDrill !== drill.at ? [drillFinding(drill)] : [];
}

/** The state after a decision was carried out as far as it could be. What is held is judged anew with every check, and said once. */
export function afterDecision(state: WatchState, decision: WatchDecision, nowMs: number): WatchState {
  const { kind, region, to, because, outcome } = decision;
  const action = { kind, region, because, ...(to !== undefined && { to }) };
  const others = state.held.filter((one) => actionKey(one) !== actionKey(action));
  const isHeldAlready = others.length < state.held.length;
  const isHeld = outcome === 'held';
  const next = isHeld && isHeldAlready ? state : withDecision(state, decision);
  return {
    ...next,
    held: isHeld ? [...others, action] : others,
    pending: isHeld ? state.pending : [...state.pending, action],
    book: withFindings(next.book, [decisionFinding(decision)], nowMs),
  };
}
