import { type Lease, sameLease } from './lease';
import { electable, type FailoverPlan, mostAdvanced, type Standby } from './plan';
import type { Timing } from './timing';

/** So many of the three sentinels must have seen the same lease run out. */
const MAJORITY = 2;

export interface SentinelState {
  name: string;
  /** the lease as it was read last, and since when it is unchanged, on this sentinel's clock */
  seen: { lease: Lease; since: number } | undefined;
  /** what each sentinel, this one included, holds to be over */
  over: ReadonlyMap<string, Lease>;
  /** when it last told the others so, on its clock */
  toldAt: number;
  /** the standbys are being asked, or one of them has been called */
  busy: boolean;
}

export type SentinelEvent =
  | { kind: 'lease-read'; now: number; lease: Lease }
  | { kind: 'heard'; now: number; from: string; over: Lease | undefined }
  | { kind: 'tick'; now: number }
  /** what the standbys that answered said after they were asked about this lease */
  | { kind: 'standbys-seen'; about: Lease; standbys: readonly Standby[] }
  /** whether the region that was called has the lease now, as far as it said so in time */
  | { kind: 'answered'; region: string; about: Lease; taken: boolean };

export type SentinelAction =
  | { kind: 'tell'; over: Lease | undefined }
  | { kind: 'ask-standbys'; about: Lease }
  /** the region shall take the lease, if it still is as it was seen */
  | { kind: 'call'; region: string; about: Lease }
  /** the region has the lease: it and everybody else is told */
  | { kind: 'appoint'; region: string; epoch: number };

export interface SentinelStep {
  state: SentinelState;
  actions: SentinelAction[];
}

export function newSentinel(name: string): SentinelState {
  return { name, seen: undefined, over: new Map(), toldAt: 0, busy: false };
}

/** One step of a sentinel. Pure. That two act at once does no harm: the lease changes for one of those they call. */
export function sentinelStep(
  state: SentinelState,
  event: SentinelEvent,
  timing: Timing,
  plan: FailoverPlan,
): SentinelStep {
  switch (event.kind) {
    case 'lease-read':
      return onLeaseRead(state, event);
    case 'heard':
      // the second of the same mind acts at once
      return look({ ...state, over: withVote(state.over, event.from, event.over) }, event.now, timing);
    case 'tick':
      return look(state, event.now, timing);
    case 'standbys-seen':
      return onStandbysSeen(state, event, plan);
    case 'answered':
      return onAnswered(state, event);
  }
}

function stay(state: SentinelState): SentinelStep {
  return { state, actions: [] };
}

function withVote(over: SentinelState['over'], from: string, lease: Lease | undefined): SentinelState['over'] {
  const votes = new Map(over);
  if (lease) votes.set(from, lease);
  else votes.delete(from);
  return votes;
}

/** The wait begins when the answer is there: the renewal that it shows was sent before. */
function onLeaseRead(
  state: SentinelState,
  { now, lease }: Extract<SentinelEvent, { kind: 'lease-read' }>,
): SentinelStep {
  if (state.seen && sameLease(state.seen.lease, lease)) return stay(state);
  const seen = { lease, since: now };
  return {
    state: { ...state, seen, over: withVote(state.over, state.name, undefined) },
    // who was told otherwise is told; silence is the rule
    actions: state.over.has(state.name) ? [{ kind: 'tell', over: undefined }, ...helpAppoint(state, lease)] : [],
  };
}

/**
 * The lease that this sentinel held to be over has a new holder: whoever changed it may not know that it did, or may be
 * gone. That several do the same does no harm.
 */
function helpAppoint({ seen, over, name }: SentinelState, lease: Lease): SentinelAction[] {
  const vote = over.get(name);
  const replaces = seen && vote && sameLease(vote, seen.lease) && lease.epoch === seen.lease.epoch + 1;
  return replaces && lease.holder !== undefined ? [{ kind: 'appoint', region: lease.holder, epoch: lease.epoch }] : [];
}

/**
 * The standbys are asked only once the lease is over: what the old primary could still have acknowledged has reached
 * them by then, or never will. The others are told what is new to them, and again now and then as a message may be
 * lost; never because they said something, or sentinels of the same mind would tell each other so without end.
 */
function look(state: SentinelState, now: number, { leaseMs, renewEveryMs }: Timing): SentinelStep {
  const { seen } = state;
  // An epoch of 0: the store was never written, there is nobody to replace.
  if (!seen || seen.lease.epoch === 0) return stay(state);
  const { lease, since } = seen;
  const isOver = lease.holder === undefined || now - since >= leaseMs;
  if (!isOver) return stay(state);
  const said = state.over.get(state.name);
  const tells = !said || !sameLease(said, lease) || now - state.toldAt >= renewEveryMs;
  const over = withVote(state.over, state.name, lease);
  const voted: SentinelState = { ...state, over, toldAt: tells ? now : state.toldAt };
  const asks = !state.busy && mayAct(voted, lease);
  const actions: SentinelAction[] = [];
  if (tells) actions.push({ kind: 'tell', over: lease });
  if (asks) actions.push({ kind: 'ask-standbys', about: lease });
  return { state: { ...voted, busy: state.busy || asks }, actions };
}

/** That a lease is silent takes two to say. That it was given up, its database gone, its last holder has said itself. */
function mayAct({ over }: SentinelState, lease: Lease): boolean {
  return lease.holder === undefined || [...over.values()].filter((vote) => sameLease(vote, lease)).length >= MAJORITY;
}

function onStandbysSeen(
  state: SentinelState,
  { about, standbys }: Extract<SentinelEvent, { kind: 'standbys-seen' }>,
  plan: FailoverPlan,
): SentinelStep {
  const rested: SentinelState = { ...state, busy: false };
  const isPresent = state.seen !== undefined && sameLease(state.seen.lease, about);
  if (!isPresent || !mayAct(state, about)) return stay(rested);
  const candidate = mostAdvanced(electable(plan, about.holder, standbys), plan.chain);
  if (!candidate) return stay(rested);
  return { state, actions: [{ kind: 'call', region: candidate, about }] };
}

function onAnswered(
  state: SentinelState,
  { region, about, taken }: Extract<SentinelEvent, { kind: 'answered' }>,
): SentinelStep {
  const rested: SentinelState = { ...state, busy: false };
  if (!taken) return stay(rested);
  return { state: rested, actions: [{ kind: 'appoint', region, epoch: about.epoch + 1 }] };
}
