import {
  type KeeperAction,
  type KeeperEvent,
  type KeeperState,
  keeperStep,
  mayServe,
  newKeeper,
} from '../../failover/protocol/keeper';
import { type Lease, type LeaseChange, NO_LEASE } from '../../failover/protocol/lease';
import {
  newSentinel,
  type SentinelAction,
  type SentinelEvent,
  type SentinelState,
  sentinelStep,
} from '../../failover/protocol/sentinel';
import type { Timing } from '../../failover/protocol/timing';

/** A mistake in the protocol that the checker has to find. */
export type PlantedBug =
  | 'counts from the answer'
  | 'serves as long as others wait'
  | 'takes over early'
  | 'one sentinel is enough and does not wait'
  | 'renews a lease of somebody else'
  | 'serves before the proof'
  | 'clock stops while frozen'
  | 'unknown counts as renewed'
  | 'store compares when asked and writes later'
  | 'looks at its lease only when it ticks'
  | 'keeps its epoch';

export interface Fault {
  at: number;
  region: string;
  /** killed: for good · frozen: keeper and database stand still · cut off: no message in or out · database: it dies alone */
  kind: 'killed' | 'frozen' | 'cut off' | 'database';
  /** ms; not for `killed` and `database` */
  lasts: number;
}

export interface Script {
  timing: Timing;
  regions: readonly string[];
  /** by actor, between 1 − drift and 1 + drift */
  rates: readonly number[];
  faults: readonly Fault[];
  /** the next delay of a message in ms; undefined: it is lost */
  delay: () => number | undefined;
  untilMs: number;
  bug?: PlantedBug;
}

export interface Ack {
  at: number;
  region: string;
  epoch: number;
}

export interface Played {
  /** a write that was acknowledged, every few ms, by whoever could */
  acks: Ack[];
  lease: Lease;
}

const SENTINELS = ['s1', 's2', 's3'];
const TICK_MS = 50;
const ACK_EVERY_MS = 10;
const PROMOTE_MS = 200;
const READ_EVERY_MS = 200;

interface KeeperActor {
  state: KeeperState;
  rate: number;
  offset: number;
  dead: boolean;
  frozenUntil: number;
  cutUntil: number;
  frozenFor: number;
  /** what the database would do: none, a standby, a primary of an epoch */
  database: 'none' | 'standby' | number;
  /** with the bug: what its last tick found */
  gate: boolean;
}

/** Plays keepers, sentinels and one lease store over a network that delays, reorders and loses, until the time is up. */
export function play(script: Script): Played {
  return new Simulation(script).run();
}

class Simulation {
  private now = 0;
  private order = 0;
  private readonly queue: Array<{ at: number; order: number; act: () => void }> = [];
  private lease: Lease = NO_LEASE;
  private readonly keepers = new Map<string, KeeperActor>();
  private readonly sentinels = new Map<string, { state: SentinelState; rate: number }>();
  private readonly acks: Ack[] = [];

  constructor(private readonly script: Script) {
    const rates = [...script.rates];
    for (const [index, region] of script.regions.entries()) {
      this.keepers.set(region, {
        state: newKeeper(region),
        rate: rates[index] ?? 1,
        offset: index * 10_000,
        dead: false,
        frozenUntil: 0,
        cutUntil: 0,
        frozenFor: 0,
        database: 'standby',
        gate: false,
      });
    }
    for (const [index, name] of SENTINELS.entries())
      this.sentinels.set(name, { state: newSentinel(name), rate: rates[script.regions.length + index] ?? 1 });
  }

  run(): Played {
    const { regions, faults, untilMs } = this.script;
    for (const region of regions) this.every(TICK_MS, () => this.tickKeeper(region));
    for (const name of SENTINELS) {
      this.every(TICK_MS, () => this.tickSentinel(name));
      this.every(READ_EVERY_MS, () => this.readLease(name));
    }
    this.every(ACK_EVERY_MS, () => this.acknowledge());
    for (const fault of faults) this.at(fault.at, () => this.inject(fault));
    for (;;) {
      const next = this.queue.shift();
      if (!next || next.at > untilMs) return { acks: this.acks, lease: this.lease };
      this.now = next.at;
      next.act();
    }
  }

  private at(at: number, act: () => void): void {
    this.order += 1;
    const entry = { at, order: this.order, act };
    let low = 0;
    let high = this.queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.queue[middle];
      if (other && (other.at < at || (other.at === at && other.order < entry.order))) low = middle + 1;
      else high = middle;
    }
    this.queue.splice(low, 0, entry);
  }

  private every(ms: number, act: () => void): void {
    this.at(this.now + ms, () => {
      act();
      this.every(ms, act);
    });
  }

  private send(act: () => void): void {
    const delay = this.script.delay();
    if (delay !== undefined) this.at(this.now + delay, act);
  }

  private clock(keeper: KeeperActor): number {
    const elapsed = this.script.bug === 'clock stops while frozen' ? this.now - keeper.frozenFor : this.now;
    return keeper.offset + elapsed * keeper.rate;
  }

  private actor(region: string): KeeperActor {
    const found = this.keepers.get(region);
    if (!found) throw new Error(`no region ${region}`);
    return found;
  }

  private isRunning({ dead, frozenUntil }: KeeperActor): boolean {
    return !dead && this.now >= frozenUntil;
  }

  private inject({ region, kind, lasts }: Fault): void {
    const keeper = this.actor(region);
    if (kind === 'killed') keeper.dead = true;
    if (kind === 'frozen') {
      keeper.frozenUntil = Math.max(keeper.frozenUntil, this.now + lasts);
      keeper.frozenFor += lasts;
    }
    if (kind === 'cut off') keeper.cutUntil = Math.max(keeper.cutUntil, this.now + lasts);
    if (kind === 'database' && typeof keeper.database === 'number') {
      keeper.database = 'none';
      this.at(this.now + 20, () => this.step(region, { kind: 'database-gone', now: 0 }));
    }
  }

  /** A frozen process takes what has come for it when it goes on. */
  private step(region: string, event: KeeperEvent): void {
    const keeper = this.actor(region);
    if (keeper.dead) return;
    if (this.now < keeper.frozenUntil) {
      if (event.kind !== 'tick') this.at(keeper.frozenUntil, () => this.step(region, event));
      return;
    }
    const { bug, timing } = this.script;
    const now = this.clock(keeper);
    if (event.kind === 'answered') {
      const { pending } = keeper.state;
      if (bug === 'counts from the answer' && pending)
        keeper.state = { ...keeper.state, pending: { ...pending, sentAt: now } };
      if (bug === 'unknown counts as renewed' && event.outcome === 'unknown')
        event = { ...event, outcome: 'changed', lease: { holder: region, epoch: keeper.state.epoch, renewal: 0 } };
    }
    if (bug === 'serves before the proof' && event.kind === 'appointed' && keeper.state.mode === 'idle') {
      keeper.state = { ...keeper.state, mode: 'serving', epoch: event.epoch, serveUntil: now + timing.leaseMs };
      return;
    }
    const used = bug === 'serves as long as others wait' ? { ...timing, drift: 0, killMs: -400 } : timing;
    const { state, actions } = keeperStep(keeper.state, { ...event, now } as KeeperEvent, used);
    keeper.state = state;
    keeper.gate = mayServe(state, now);
    for (const action of actions) this.act(region, action);
  }

  private act(region: string, action: KeeperAction): void {
    const keeper = this.actor(region);
    switch (action.kind) {
      case 'kill-database':
        this.at(this.now + this.script.timing.killMs, () => {
          keeper.database = 'none';
          this.step(region, { kind: 'database-gone', now: 0 });
        });
        break;
      case 'promote-database':
        this.at(this.now + PROMOTE_MS, () => this.step(region, { kind: 'promoted', now: 0, epoch: action.epoch }));
        keeper.database = action.epoch;
        break;
      case 'change-lease': {
        const change =
          this.script.bug === 'renews a lease of somebody else' && keeper.state.pending
            ? (present: Lease) => ({ ...present, renewal: present.renewal + 1 })
            : action.change;
        this.changeLease(
          change,
          () => this.now >= keeper.cutUntil && !keeper.dead,
          (outcome, lease) => {
            const mine = this.script.bug === 'renews a lease of somebody else' && lease;
            const told = mine ? { ...lease, holder: region, epoch: keeper.state.epoch } : lease;
            this.step(region, { kind: 'answered', now: 0, id: action.id, outcome, ...(told && { lease: told }) });
          },
        );
        break;
      }
    }
  }

  /** The answer may be lost after the change was made: then nobody knows. */
  private changeLease(
    change: LeaseChange,
    connected: () => boolean,
    answer: (outcome: 'changed' | 'refused' | 'unknown', lease?: Lease) => void,
  ): void {
    let answered = false;
    const reply = (outcome: 'changed' | 'refused' | 'unknown', lease?: Lease) => {
      if (answered) return;
      answered = true;
      answer(outcome, lease);
    };
    this.at(this.now + 400, () => reply('unknown'));
    if (!connected()) return;
    const early = this.script.bug === 'store compares when asked and writes later' ? change(this.lease) : undefined;
    this.send(() => {
      const next = early ?? change(this.lease);
      if (next)
        this.lease = this.script.bug === 'keeps its epoch' ? { ...next, epoch: Math.max(1, this.lease.epoch) } : next;
      const present = this.lease;
      this.send(() => connected() && reply(next ? 'changed' : 'refused', present));
    });
  }

  private tickKeeper(region: string): void {
    const keeper = this.actor(region);
    if (!this.isRunning(keeper)) return;
    this.step(region, { kind: 'tick', now: 0 });
    // A keeper looks by itself whether it was appointed: the message may have been lost.
    if (this.now < keeper.cutUntil || keeper.state.mode !== 'idle') return;
    this.send(() => {
      const { holder, epoch } = this.lease;
      if (holder === region) this.send(() => this.step(region, { kind: 'appointed', now: 0, epoch }));
    });
  }

  private readLease(name: string): void {
    this.send(() => {
      const lease = this.lease;
      this.send(() => this.stepSentinel(name, (now) => ({ kind: 'lease-read', now, lease })));
    });
  }

  private tickSentinel(name: string): void {
    const standbys = [...this.keepers]
      .filter(([, keeper]) => this.isRunning(keeper) && this.now >= keeper.cutUntil && keeper.database === 'standby')
      .map(([region]) => ({ region, received: 0 }));
    this.stepSentinel(name, (now) => ({ kind: 'tick', now, standbys }));
  }

  private stepSentinel(name: string, event: (now: number) => SentinelEvent): void {
    const sentinel = this.sentinels.get(name);
    if (!sentinel) return;
    const { bug, timing, regions } = this.script;
    const early = bug === 'takes over early' || bug === 'one sentinel is enough and does not wait';
    const used = early ? { ...timing, leaseMs: timing.leaseMs / 3 } : timing;
    const { state, actions } = sentinelStep(sentinel.state, event(this.now * sentinel.rate), used, regions);
    sentinel.state = state;
    for (const action of actions) this.actSentinel(name, action);
  }

  private actSentinel(name: string, action: SentinelAction): void {
    switch (action.kind) {
      case 'tell':
        for (const other of SENTINELS.filter((one) => one !== name))
          this.send(() => this.stepSentinel(other, () => ({ kind: 'heard', from: name, over: action.over })));
        break;
      case 'change-lease':
        this.changeLease(
          action.change,
          () => true,
          (outcome, lease) => this.stepSentinel(name, () => ({ kind: 'answered', outcome, ...(lease && { lease }) })),
        );
        break;
      case 'appoint':
        this.send(() => this.step(action.region, { kind: 'appointed', now: 0, epoch: action.epoch }));
        break;
    }
  }

  /** Every client writes all the time, everywhere: whoever lets it through acknowledges. */
  private acknowledge(): void {
    for (const [region, keeper] of this.keepers) {
      if (!this.isRunning(keeper)) continue;
      const open =
        this.script.bug === 'looks at its lease only when it ticks'
          ? keeper.gate
          : mayServe(keeper.state, this.clock(keeper));
      if (open) this.acks.push({ at: this.now, region, epoch: keeper.state.epoch });
    }
  }
}

/** What must never be seen in a history of acknowledged writes. */
export function historyProblems(acks: readonly Ack[]): string[] {
  const problems: string[] = [];
  let last: Ack | undefined;
  for (const ack of acks) {
    if (last && ack.epoch < last.epoch)
      problems.push(`${ack.region} of epoch ${ack.epoch} at ${ack.at} ms, after epoch ${last.epoch} of ${last.region}`);
    if (last && ack.epoch === last.epoch && ack.region !== last.region)
      problems.push(`two writers in epoch ${ack.epoch} at ${ack.at} ms`);
    if (!last || ack.epoch >= last.epoch) last = ack;
  }
  return problems;
}
