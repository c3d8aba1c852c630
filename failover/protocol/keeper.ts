import { type Lease, type LeaseChange, released, renewed } from './lease';
import { serveMs, type Timing } from './timing';

/**
 * What the keeper of a region is doing. `serving` lets writes through while its lease holds; `stopping` has ordered its
 * database to be killed and serves nobody; `idle` holds no lease: a standby, or an old primary that is gone.
 */
export interface KeeperState {
  region: string;
  mode: 'idle' | 'promoting' | 'serving' | 'stopping';
  /** of the lease that it holds or held last */
  epoch: number;
  /** on this keeper's boot-time clock; nothing is let through from then on */
  serveUntil: number;
  lastSent: number;
  /** the renewal under way: when it was sent, on this keeper's clock */
  pending: { id: number; sentAt: number } | undefined;
  nextId: number;
}

/** `now` is the keeper's boot-time clock in ms: it counts while the machine sleeps. */
export type KeeperEvent =
  | { kind: 'tick'; now: number }
  /** a sentinel says that this region holds the lease of this epoch */
  | { kind: 'appointed'; now: number; epoch: number }
  | { kind: 'answered'; now: number; id: number; outcome: 'changed' | 'refused' | 'unknown'; lease?: Lease }
  | { kind: 'promoted'; now: number; epoch: number }
  /** every process of the database's group is gone */
  | { kind: 'database-gone'; now: number };

export type KeeperAction =
  | { kind: 'change-lease'; id: number; change: LeaseChange }
  | { kind: 'promote-database'; epoch: number }
  | { kind: 'kill-database' };

export interface KeeperStep {
  state: KeeperState;
  actions: KeeperAction[];
}

export function newKeeper(region: string): KeeperState {
  return { region, mode: 'idle', epoch: 0, serveUntil: 0, lastSent: 0, pending: undefined, nextId: 1 };
}

/**
 * Whether a byte of a client may pass to the database or back, now. Asked for every one of them, before it is sent on:
 * a keeper that was frozen finds its lease over when it wakes.
 */
export function mayServe({ mode, serveUntil }: KeeperState, now: number): boolean {
  return mode === 'serving' && now < serveUntil;
}

/** One step of the keeper. Pure: what happens is in the actions. */
export function keeperStep(state: KeeperState, event: KeeperEvent, timing: Timing): KeeperStep {
  switch (event.kind) {
    case 'tick':
      return onTick(state, event.now, timing);
    case 'appointed':
      return onAppointed(state, event);
    case 'answered':
      return onAnswered(state, event, timing);
    case 'promoted':
      if (state.mode !== 'promoting' || state.epoch !== event.epoch) return stay(state);
      return stay({ ...state, mode: 'serving' });
    case 'database-gone':
      return onDatabaseGone(state);
  }
}

function stay(state: KeeperState): KeeperStep {
  return { state, actions: [] };
}

/** Stops before the lease is over, renews while there is time. */
function onTick(state: KeeperState, now: number, { renewEveryMs }: Timing): KeeperStep {
  if (state.mode === 'idle' || state.mode === 'stopping') return stay(state);
  if (state.serveUntil > 0 && now >= state.serveUntil) return stop(state);
  if (state.pending || now - state.lastSent < renewEveryMs) return stay(state);
  return renew(state, now);
}

/** Counts from before the renewal is sent: nobody can have seen it earlier. */
function renew(state: KeeperState, now: number): KeeperStep {
  const id = state.nextId;
  return {
    state: { ...state, nextId: id + 1, lastSent: now, pending: { id, sentAt: now } },
    actions: [{ kind: 'change-lease', id, change: renewed(state.region, state.epoch) }],
  };
}

/** An appointment is a message and may be old: the renewal that follows proves it, or is refused. */
function onAppointed(state: KeeperState, { now, epoch }: Extract<KeeperEvent, { kind: 'appointed' }>): KeeperStep {
  if (state.mode !== 'idle' || epoch <= state.epoch) return stay(state);
  return renew({ ...state, mode: 'promoting', epoch, serveUntil: 0, pending: undefined }, now);
}

function onAnswered(
  state: KeeperState,
  { id, outcome, lease }: Extract<KeeperEvent, { kind: 'answered' }>,
  timing: Timing,
): KeeperStep {
  const { pending } = state;
  if (pending?.id !== id) return stay(state);
  const settled: KeeperState = { ...state, pending: undefined };
  if (outcome === 'unknown' || state.mode === 'idle' || state.mode === 'stopping') return stay(settled);
  if (outcome === 'refused' || lease?.holder !== state.region || lease.epoch !== state.epoch) return stop(settled);
  const serveUntil = Math.max(state.serveUntil, pending.sentAt + serveMs(timing));
  // The first proof of an appointment: only now may the database be promoted.
  const isProof = state.mode === 'promoting' && state.serveUntil === 0;
  const next = { ...settled, serveUntil };
  return isProof ? { state: next, actions: [{ kind: 'promote-database', epoch: state.epoch }] } : stay(next);
}

function stop(state: KeeperState): KeeperStep {
  return { state: { ...state, mode: 'stopping', serveUntil: 0 }, actions: [{ kind: 'kill-database' }] };
}

/** With the database gone there is nothing left to wait for: the lease is given up at once. */
function onDatabaseGone(state: KeeperState): KeeperStep {
  if (state.mode === 'idle') return stay(state);
  const id = state.nextId;
  return {
    state: { ...state, mode: 'idle', serveUntil: 0, pending: undefined, nextId: id + 1 },
    actions: [{ kind: 'change-lease', id, change: released(state.region, state.epoch) }],
  };
}
