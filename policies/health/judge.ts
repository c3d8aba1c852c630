import type { FailureType } from '../../contracts/failure-types';
import type { Action, WatchDecision } from '../../contracts/health-matrix';
import type { EndedOperation, OperationOutcome } from '../../contracts/operation-report';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import { isOver } from './action-over';
import { type Finding, withFindings } from './alert-book';
import { actionKey, decide, type Verdict } from './decide';
import { brokenOffFinding, decisionFinding, overFinding, wantedKey } from './decision-findings';
import { findingsOf } from './findings';
import { commandOf } from './operation-of';
import { DWELL_MS } from './restraint';
import { triggersOf } from './triggers';
import { drillFinding } from './upkeep-findings';
import { wantedActions } from './wanted-actions';
import type { WatchFacts } from './watch-facts';
import { drainedByWatch, factsOf, type WatchState, withDecision } from './watch-state';

/** What was asked for and has not helped after this may be asked for again. As long as the limit on moves reaches. */
const ASK_AGAIN_MS = 60 * 60_000;
/** How a question ends that nobody answered: too late, or void as what somebody else tried has changed what it asked about. */
const UNANSWERED: readonly string[] = ['Approval.Expired', 'Operation.MadeWay'] satisfies FailureType[];
const DONE: readonly OperationOutcome[] = ['done', 'nothing-to-do'];

/** Judges what was seen: alerts open and close, and what should be done comes out. Pure. */
export function judge(
  key: DeploymentKey,
  state: WatchState,
  nowMs: number,
): { state: WatchState; verdicts: Verdict[]; withdrawn: string[] } {
  const facts = factsOf(key, state, nowMs);
  if (!facts) return { state, verdicts: [], withdrawn: [] };
  const triggers = triggersOf(facts);
  const wanted = wantedActions(facts, triggers, drainedByWatch(state));
  const { pending, ended } = sortPending(state, wanted, facts);
  const held = state.held.filter((action) => !isGone(action, wanted, facts));
  const released = state.held.filter((action) => isGone(action, wanted, facts));
  const findings = [
    ...findingsOf(facts, triggers),
    ...[...ended, ...released].map((action) => overFinding(wantedKey(action))),
    ...pending.flatMap((action) => brokenOff(action, state, facts)),
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
  const verdicts = decide(wanted, state.decisions, pending.map(actionKey), facts);
  return { state: next, verdicts, withdrawn: ended.flatMap((action) => openProposal(action, state, facts)) };
}

/** What was dealt with stays so until its reason is over; what did not help may come up again after a while. */
function sortPending(
  state: WatchState,
  wanted: readonly Action[],
  facts: WatchFacts,
): { pending: Action[]; ended: Action[] } {
  const { pending } = state;
  const ended = pending.filter((action) => isGone(action, wanted, facts));
  const comesAgain = (action: Action) => facts.nowMs >= comesAgainAtMs(latestDecision(action, state), facts);
  return { pending: pending.filter((action) => !ended.includes(action) && !comesAgain(action)), ended };
}

/** When an action whose reason lasts may come up again. What nobody answered is asked again at once; a no stands for a while. */
function comesAgainAtMs(latest: WatchDecision | undefined, { deployment }: WatchFacts): number {
  if (!latest) return Number.POSITIVE_INFINITY;
  if (latest.outcome === 'refused') return Date.parse(latest.at) + DWELL_MS;
  if (latest.outcome === 'asked') return Date.parse(latest.at) + ASK_AGAIN_MS;
  const end = brokenOffBy(latest, deployment);
  if (!end) return Number.POSITIVE_INFINITY;
  return Date.parse(end.endedAt) + (isUnanswered(end) ? 0 : ASK_AGAIN_MS);
}

function isUnanswered({ failure }: EndedOperation): boolean {
  return failure !== undefined && UNANSWERED.includes(failure);
}

function latestDecision(action: Action, { decisions }: WatchState): WatchDecision | undefined {
  return decisions.findLast((one) => actionKey(one) === actionKey(action));
}

function brokenOff(action: Action, state: WatchState, { key, deployment }: WatchFacts): Finding[] {
  const latest = latestDecision(action, state);
  const end = latest && brokenOffBy(latest, deployment);
  return end ? [brokenOffFinding(latest, end, commandOf(action, key))] : [];
}

/** The operation of a decision, once it has ended without being done. A proposal that was approved is carried out by another. */
function brokenOffBy(
  { workflowId, outcome }: WatchDecision,
  { ended = [] }: WatchFacts['deployment'],
): EndedOperation | undefined {
  const own = ended.find((one) => one.workflowId === workflowId);
  const end =
    own?.outcome === 'done' && outcome === 'proposed'
      ? ended.find((one) => one !== own && one.kind === own.kind && one.endedAt >= own.endedAt)
      : own;
  return end && DONE.includes(end.outcome) ? undefined : end;
}

/** A question that waits although its reason is over: nobody is to say yes to it any more. */
function openProposal(action: Action, state: WatchState, { deployment: { ended = [] } }: WatchFacts): string[] {
  const { outcome, workflowId } = latestDecision(action, state) ?? {};
  if (outcome !== 'proposed' || workflowId === undefined) return [];
  return ended.some((one) => one.workflowId === workflowId) ? [] : [workflowId];
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
