import { handedOver, type Lease, type LeaseChange, released, renewed, takenOver } from './lease';
import { serveMs, type Timing } from './timing';

/**
 * What the keeper of a region is doing. `serving` lets writes through while its lease holds; `stopping` has ordered its
 * database to be killed and serves nobody; `idle` holds no lease: a standby, or an old primary that is gone.
 */
export interface KeeperState {
  region: string;
  mode: 'idle' | 'promoting' | 'serving' | 'stopping';
  /** of the lease that it holds or tries to prove */
  epoch: number;
  /** it has stopped in this epoch, and in all before, for good: what it sent to say so may still be under way */
  over: number;
  /** on this keeper's boot-time clock; nothing is let through from then on */
  serveUntil: number;
  lastSent: number;
  /** the renewal under way: when it was sent, on this keeper's clock */
  pending: { id: number; sentAt: number } | undefined;
  nextId: number;
  /** stopping as planned: who shall have the lease once the database is gone */
  successor?: Tenure;
  /** stopping as planned: until then standbys may receive the rest of the log, on this keeper's clock */
  replicateUntil?: number;
}

/** A region as the holder of one epoch. */
export interface Tenure {
  holder: string;
  epoch: number;
}

/** `now` is the keeper's boot-time clock in ms: it counts while the machine sleeps. */
export type KeeperEvent =
  | { kind: 'tick'; now: number }
  /** a sentinel says that this region holds the lease of this epoch */
  | { kind: 'appointed'; now: number; epoch: number }
  /** a sentinel has chosen this region to take the place of the holder, whose lease it saw to be over */
  | { kind: 'called'; now: number; lease: Lease }
  /** nobody has taken the lease for a while after this region, its last holder, gave it up: nobody else may, or can */
  | { kind: 'vacant'; now: number; lease: Lease }
  | { kind: 'answered'; now: number; id: number; outcome: 'changed' | 'refused' | 'unknown'; lease?: Lease }
  | { kind: 'promoted'; now: number; epoch: number }
  /** its database is being stopped, or cannot be brought back: nobody is served from now on */
  | { kind: 'give-up'; now: number }
  /** a person has asked for it: stop, then give the lease to another region */
  | { kind: 'hand-over'; now: number; to: Tenure }
  /** the holder says that its database is gone and that this region shall have the lease */
  | { kind: 'handed-over'; now: number; from: Tenure; epoch: number }
  /** the other region did not take it */
  | { kind: 'hand-over-failed'; now: number }
  /** every process of the database's group is gone */
  | { kind: 'database-gone'; now: number };

export type KeeperAction =
  | { kind: 'change-lease'; id: number; change: LeaseChange }
  | { kind: 'promote-database'; epoch: number }
  | { kind: 'kill-database' }
  /** in order: its standby receives everything; whatever is left after a while is killed */
  | { kind: 'stop-database' }
  | { kind: 'tell-successor'; from: Tenure; to: Tenure };

export interface KeeperStep {
  state: KeeperState;
  actions: KeeperAction[];
}

export function newKeeper(region: string): KeeperState {
  return { region, mode: 'idle', epoch: 0, over: 0, serveUntil: 0, lastSent: 0, pending: undefined, nextId: 1 };
}

/**
 * Whether a byte of a client may pass to the database or back, now. Asked for every one of them, before it is sent on:
 * a keeper that was frozen finds its lease over when it wakes.
 */
export function mayServe({ mode, serveUntil }: KeeperState, now: number): boolean {
  return mode === 'serving' && now < serveUntil;
}

/** Whether the database may be made, or brought back as, one that takes writes: the lease is proven and not over. */
export function mayPromote({ mode, serveUntil }: KeeperState, now: number): boolean {
  return (mode === 'promoting' || mode === 'serving') && now < serveUntil;
}

/**
 * Whether a byte may pass to or from a database that is only read: a standby refuses writes by itself. From the moment
 * when the lease is proven it may become a primary, and counts as one.
 */
export function mayRead(state: KeeperState, now: number): boolean {
  if (state.mode === 'promoting') return state.serveUntil === 0 || now < state.serveUntil;
  return state.mode === 'idle' || mayServe(state, now);
}

/** Whether a byte of the log may pass to a standby. While a database is stopped in order its standbys get the rest. */
export function mayReplicate(state: KeeperState, now: number): boolean {
  if (mayServe(state, now)) return true;
  return state.mode === 'stopping' && now < (state.replicateUntil ?? 0);
}

/** One step of the keeper. Pure: what happens is in the actions. */
export function keeperStep(state: KeeperState, event: KeeperEvent, timing: Timing): KeeperStep {
  switch (event.kind) {
    case 'tick':
      return onTick(state, event.now, timing);
    case 'appointed':
      return onAppointed(state, event);
    case 'called':
      return onCalled(state, event);
    case 'vacant':
      return onVacant(state, event);
    case 'answered':
      return onAnswered(state, event, timing);
    case 'promoted':
      if (state.mode !== 'promoting' || state.epoch !== event.epoch) return stay(state);
      return stay({ ...state, mode: 'serving' });
    case 'give-up':
      if (state.mode === 'idle') return stay(state);
      return stay({ ...state, mode: 'stopping', serveUntil: 0, replicateUntil: state.serveUntil });
    case 'hand-over':
      if (state.mode !== 'serving' || event.to.epoch <= state.epoch) return stay(state);
      return {
        state: { ...state, mode: 'stopping', serveUntil: 0, successor: event.to, replicateUntil: state.serveUntil },
        actions: [{ kind: 'stop-database' }],
      };
    case 'handed-over':
      return onHandedOver(state, event);
    case 'hand-over-failed':
      if (!state.successor) return stay(state);
      // once its database is gone it gives the lease up as if nobody had been meant to have it
      return state.mode === 'idle'
        ? giveUp({ ...state, successor: undefined })
        : stay({ ...state, successor: undefined });
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
function renew(state: KeeperState, now: number, change = renewed(state.region, state.epoch)): KeeperStep {
  const id = state.nextId;
  return {
    state: { ...state, nextId: id + 1, lastSent: now, pending: { id, sentAt: now } },
    actions: [{ kind: 'change-lease', id, change }],
  };
}

/** An appointment is a message and may be old: the renewal that follows proves it, or is refused. */
function onAppointed(state: KeeperState, { now, epoch }: Extract<KeeperEvent, { kind: 'appointed' }>): KeeperStep {
  if (state.mode !== 'idle' || epoch < state.over) return stay(state);
  // it still stands in the store: that it was given up did not get there
  if (epoch === state.over) return state.successor ? stay(state) : giveUp(state);
  return renew(trying(state, epoch), now);
}

/** As planned: the holder may have renewed since it said so. */
function onHandedOver(
  state: KeeperState,
  { now, from, epoch }: Extract<KeeperEvent, { kind: 'handed-over' }>,
): KeeperStep {
  if (state.mode !== 'idle' || epoch <= state.over) return stay(state);
  return renew(trying(state, epoch), now, handedOver(from, { holder: state.region, epoch }));
}

/**
 * Takes the lease itself, on condition that it still is what the sentinel saw: that is the proof as well, and only one
 * asks the store where two would be in each other's way.
 */
function onCalled(state: KeeperState, { now, lease }: Extract<KeeperEvent, { kind: 'called' }>): KeeperStep {
  const epoch = lease.epoch + 1;
  if (state.mode !== 'idle' || epoch <= state.over) return stay(state);
  return renew(trying(state, epoch), now, takenOver(lease, state.region));
}

/** No database has taken a write since this one did: with it the region may begin a new epoch. */
function onVacant(state: KeeperState, { now, lease }: Extract<KeeperEvent, { kind: 'vacant' }>): KeeperStep {
  if (lease.holder !== undefined || lease.epoch !== state.over) return stay(state);
  return onCalled(state, { kind: 'called', now, lease });
}

function trying(state: KeeperState, epoch: number): KeeperState {
  return {
    ...state,
    mode: 'promoting',
    epoch,
    serveUntil: 0,
    pending: undefined,
    successor: undefined,
    replicateUntil: undefined,
  };
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
  if (outcome === 'refused' || lease?.holder !== state.region || lease.epoch !== state.epoch) {
    // never proven, so never promoted: the standby goes on as one
    return state.serveUntil > 0 ? stop(settled) : stay({ ...settled, mode: 'idle' });
  }
  const serveUntil = Math.max(state.serveUntil, pending.sentAt + serveMs(timing));
  // The first proof of an appointment: only now may the database be promoted.
  const isProof = state.mode === 'promoting' && state.serveUntil === 0;
  const next = { ...settled, serveUntil };
  return isProof ? { state: next, actions: [{ kind: 'promote-database', epoch: state.epoch }] } : stay(next);
}

function stop(state: KeeperState): KeeperStep {
  const stopping: KeeperState = { ...state, mode: 'stopping', serveUntil: 0, replicateUntil: 0 };
  return { state: stopping, actions: [{ kind: 'kill-database' }] };
}

/** With the database gone there is nothing left to wait for: the lease is given up, or over, at once. */
function onDatabaseGone(state: KeeperState): KeeperStep {
  if (state.mode === 'idle') return stay(state);
  const gone: KeeperState = { ...state, mode: 'idle', over: state.epoch, serveUntil: 0, pending: undefined };
  if (!state.successor) return giveUp(gone);
  const from = { holder: state.region, epoch: state.epoch };
  return { state: gone, actions: [{ kind: 'tell-successor', from, to: state.successor }] };
}

function giveUp(state: KeeperState): KeeperStep {
  const id = state.nextId;
  return {
    state: { ...state, nextId: id + 1 },
    actions: [{ kind: 'change-lease', id, change: released(state.region, state.epoch) }],
  };
}
