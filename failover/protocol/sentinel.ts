import { type Lease, type LeaseChange, sameLease, takenOver } from './lease';
import type { Timing } from './timing';

/** So many of the three sentinels must have seen the same lease run out. */
const MAJORITY = 2;

/** A standby that may become primary, as far as this sentinel can see it. */
export interface Standby {
  region: string;
  /** position received from the primary; a larger one has more */
  received: number;
}

export interface SentinelState {
  name: string;
  /** the lease as it was read last, and since when it is unchanged, on this sentinel's clock */
  seen: { lease: Lease; since: number } | undefined;
  /** what each sentinel, this one included, holds to be over */
  over: ReadonlyMap<string, Lease>;
  acting: boolean;
}

export type SentinelEvent =
  | { kind: 'lease-read'; now: number; lease: Lease }
  | { kind: 'heard'; from: string; over: Lease | undefined }
  | { kind: 'tick'; now: number; standbys: readonly Standby[] }
  | { kind: 'answered'; outcome: 'changed' | 'refused' | 'unknown'; lease?: Lease };

export type SentinelAction =
  | { kind: 'tell'; over: Lease | undefined }
  | { kind: 'change-lease'; change: LeaseChange }
  | { kind: 'appoint'; region: string; epoch: number };

export interface SentinelStep {
  state: SentinelState;
  actions: SentinelAction[];
}

export function newSentinel(name: string): SentinelState {
  return { name, seen: undefined, over: new Map(), acting: false };
}

/**
 * One step of a sentinel. `chain` is the pre-approved order of regions; among those the most advanced standby is taken.
 * Pure. That two act at once does no harm: the lease changes for one of them.
 */
export function sentinelStep(
  state: SentinelState,
  event: SentinelEvent,
  timing: Timing,
  chain: readonly string[],
): SentinelStep {
  switch (event.kind) {
    case 'lease-read':
      return onLeaseRead(state, event);
    case 'heard':
      return { state: { ...state, over: withVote(state.over, event.from, event.over) }, actions: [] };
    case 'tick':
      return onTick(state, event, timing, chain);
    case 'answered':
      return onAnswered(state, event);
  }
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
  if (state.seen && sameLease(state.seen.lease, lease)) return { state, actions: [] };
  const seen = { lease, since: now };
  return {
    state: { ...state, seen, over: withVote(state.over, state.name, undefined) },
    actions: [{ kind: 'tell', over: undefined }],
  };
}

function onTick(
  state: SentinelState,
  { now, standbys }: Extract<SentinelEvent, { kind: 'tick' }>,
  { leaseMs }: Timing,
  chain: readonly string[],
): SentinelStep {
  const { seen } = state;
  if (!seen) return { state, actions: [] };
  const { lease, since } = seen;
  const isOver = lease.holder === undefined || now - since >= leaseMs;
  if (!isOver) return { state, actions: [] };
  const over = withVote(state.over, state.name, lease);
  const told: SentinelStep = { state: { ...state, over }, actions: [{ kind: 'tell', over: lease }] };
  const agreed = [...over.values()].filter((vote) => sameLease(vote, lease)).length >= MAJORITY;
  const candidate = mostAdvanced(standbys, chain, lease.holder);
  if (!agreed || state.acting || !candidate) return told;
  return {
    state: { ...told.state, acting: true },
    actions: [...told.actions, { kind: 'change-lease', change: takenOver(lease, candidate) }],
  };
}

/**
 * Among equals the approved order decides. Who has just fallen silent is appointed again only when there is nobody else:
 * it may have missed that it was.
 */
function mostAdvanced(standbys: readonly Standby[], chain: readonly string[], silent: string | undefined) {
  const approved = standbys
    .filter(({ region }) => chain.includes(region))
    .sort((a, b) => b.received - a.received || chain.indexOf(a.region) - chain.indexOf(b.region));
  return (approved.find(({ region }) => region !== silent) ?? approved[0])?.region;
}

function onAnswered(
  state: SentinelState,
  { outcome, lease }: Extract<SentinelEvent, { kind: 'answered' }>,
): SentinelStep {
  const rested = { ...state, acting: false };
  if (outcome !== 'changed' || lease?.holder === undefined) return { state: rested, actions: [] };
  return { state: rested, actions: [{ kind: 'appoint', region: lease.holder, epoch: lease.epoch }] };
}
