import {
  type KeeperAction,
  type KeeperEvent,
  type KeeperState,
  keeperStep,
  mayServe,
  newKeeper,
  type Tenure,
} from '../../failover/protocol/keeper';
import type { Lease, LeaseChange } from '../../failover/protocol/lease';
import type { FailoverPlan, Standby } from '../../failover/protocol/plan';
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
  | 'keeps its epoch'
  | 'asks the standbys before the lease is over'
  | 'elects without seeing enough standbys'
  | 'hands over before its database is gone'
  | 'serves again after it handed over';

export interface Fault {
  at: number;
  region: string;
  /**
   * killed: for good · frozen: keeper and database stand still · cut off: no message in or out · database: it dies alone ·
   * hand-over: no fault, somebody asks the holder to give the lease to this region
   */
  kind: 'killed' | 'frozen' | 'cut off' | 'database' | 'hand-over';
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
  /** a write is acknowledged only when one standby holds it, and none is acknowledged otherwise */
  synchronous: boolean;
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
  /** acknowledged writes that a new primary did not have */
  lost: string[];
}

const SENTINELS = ['s1', 's2', 's3'];
const TICK_MS = 50;
const ACK_EVERY_MS = 10;
const PROMOTE_MS = 200;
const READ_EVERY_MS = 200;
const ASK_STANDBYS_MS = 250;
const STOP_MS = 120;
const HAND_OVER_MS = 1_500;
const CALL_MS = 800;
const CATCH_UP_EVERY_MS = 170;

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
  /** number of the last write that its database holds */
  received: number;
  vacantSince?: number | undefined;
}

/** Plays keepers, sentinels and one lease store over a network that delays, reorders and loses, until the time is up. */
export function play(script: Script): Played {
  return new Simulation(script).run();
}

class Simulation {
  private now = 0;
  private order = 0;
  private readonly queue: Array<{ at: number; order: number; act: () => void }> = [];
  private lease: Lease;
  private acknowledged = 0;
  private readonly lost: string[] = [];
  private readonly keepers = new Map<string, KeeperActor>();
  private readonly sentinels = new Map<string, { state: SentinelState; rate: number }>();
  private readonly acks: Ack[] = [];
  private readonly early = new Map<string, Standby[]>();

  constructor(private readonly script: Script) {
    const rates = [...script.rates];
    this.lease = { holder: script.regions[0], epoch: 1, renewal: 0 };
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
        received: 0,
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
    this.every(CATCH_UP_EVERY_MS, () => this.catchUp());
    for (const fault of faults) this.at(fault.at, () => this.inject(fault));
    for (;;) {
      const next = this.queue.shift();
      if (!next || next.at > untilMs) return { acks: this.acks, lease: this.lease, lost: this.lost };
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
    if (kind === 'hand-over') this.askForHandOver(region);
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
    const used = bug === 'serves as long as others wait' ? { ...timing, drift: 0, killMs: -800 } : timing;
    const { state, actions } = keeperStep(keeper.state, { ...event, now } as KeeperEvent, used);
    keeper.state = state;
    keeper.gate = mayServe(state, now);
    for (const action of actions) this.act(region, action);
  }

  private act(region: string, action: KeeperAction): void {
    const keeper = this.actor(region);
    switch (action.kind) {
      case 'stop-database':
        // its standbys receive everything before it ends
        this.catchUp();
        this.at(this.now + STOP_MS, () => {
          keeper.database = 'none';
          this.step(region, { kind: 'database-gone', now: 0 });
        });
        if (this.script.bug === 'hands over before its database is gone') {
          keeper.state = { ...keeper.state, mode: 'serving', serveUntil: this.clock(keeper) + STOP_MS };
          const { successor, epoch } = keeper.state;
          if (successor) this.tellSuccessor(region, { holder: region, epoch }, successor);
        }
        break;
      case 'tell-successor':
        this.tellSuccessor(region, action.from, action.to);
        if (this.script.bug === 'serves again after it handed over')
          keeper.state = {
            ...keeper.state,
            mode: 'serving',
            serveUntil: keeper.state.lastSent + this.script.timing.leaseMs,
          };
        break;
      case 'kill-database':
        this.at(this.now + this.script.timing.killMs, () => {
          keeper.database = 'none';
          this.step(region, { kind: 'database-gone', now: 0 });
        });
        break;
      case 'promote-database':
        this.at(this.now + PROMOTE_MS, () => this.step(region, { kind: 'promoted', now: 0, epoch: action.epoch }));
        keeper.database = action.epoch;
        if (this.script.synchronous && keeper.received < this.acknowledged)
          this.lost.push(`${region} was promoted with ${keeper.received} of ${this.acknowledged} acknowledged writes`);
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
      const lease = this.lease;
      const { holder, epoch } = lease;
      this.send(() => this.noteVacancy(region, lease));
      if (holder === region) this.send(() => this.step(region, { kind: 'appointed', now: 0, epoch }));
    });
  }

  private noteVacancy(region: string, lease: Lease): void {
    const keeper = this.actor(region);
    const now = this.clock(keeper);
    if (lease.holder !== undefined || lease.epoch !== keeper.state.over) {
      keeper.vacantSince = undefined;
      return;
    }
    keeper.vacantSince ??= now;
    if (now - keeper.vacantSince >= this.script.timing.leaseMs) this.step(region, { kind: 'vacant', now: 0, lease });
  }

  private readLease(name: string): void {
    this.send(() => {
      const lease = this.lease;
      if (this.script.bug === 'asks the standbys before the lease is over' && lease.holder !== undefined)
        this.early.set(name, this.visibleStandbys());
      this.send(() => this.stepSentinel(name, (now) => ({ kind: 'lease-read', now, lease })));
    });
  }

  private tickSentinel(name: string): void {
    this.stepSentinel(name, (now) => ({ kind: 'tick', now }));
  }

  private visibleStandbys(): Standby[] {
    return [...this.keepers]
      .filter(([, keeper]) => this.isRunning(keeper) && this.now >= keeper.cutUntil && keeper.database === 'standby')
      .map(([region, { received }]) => ({ region, received: { timeline: 1, bytes: BigInt(received) } }));
  }

  private askStandbys(name: string, about: Lease): void {
    const standbys: Standby[] = [];
    for (const region of this.script.regions) {
      this.send(() => {
        const seen = this.visibleStandbys().find((standby) => standby.region === region);
        if (seen) this.send(() => standbys.push(seen));
      });
    }
    this.at(this.now + ASK_STANDBYS_MS, () => {
      const said = this.early.get(name) ?? [...standbys];
      this.stepSentinel(name, () => ({ kind: 'standbys-seen', about, standbys: said }));
    });
  }

  private askForHandOver(to: string): void {
    const { holder } = this.lease;
    if (!holder || holder === to) return;
    const epoch = this.lease.epoch + 1;
    this.send(() => this.step(holder, { kind: 'hand-over', now: 0, to: { holder: to, epoch } }));
  }

  private tellSuccessor(region: string, from: Tenure, to: Tenure): void {
    const connected = () => this.now >= this.actor(region).cutUntil && this.now >= this.actor(to.holder).cutUntil;
    const { received } = this.actor(region);
    // the message says how far the old primary got: who has not all of that does not take it
    const holdsAll = () => {
      const successor = this.actor(to.holder);
      return successor.database === 'standby' && successor.received >= received;
    };
    if (connected())
      this.send(() => {
        if (connected() && holdsAll()) this.step(to.holder, { kind: 'handed-over', now: 0, from, epoch: to.epoch });
      });
    this.at(this.now + HAND_OVER_MS, () => this.step(region, { kind: 'hand-over-failed', now: 0 }));
  }

  private stepSentinel(name: string, event: (now: number) => SentinelEvent): void {
    const sentinel = this.sentinels.get(name);
    if (!sentinel) return;
    const { bug, timing, regions } = this.script;
    const early = bug === 'takes over early' || bug === 'one sentinel is enough and does not wait';
    const used = early ? { ...timing, leaseMs: timing.leaseMs / 3 } : timing;
    const plan: FailoverPlan = {
      chain: regions,
      members: regions,
      acknowledgedBy: bug === 'elects without seeing enough standbys' || !this.script.synchronous ? 0 : 1,
    };
    const { state, actions } = sentinelStep(sentinel.state, event(this.now * sentinel.rate), used, plan);
    sentinel.state = state;
    for (const action of actions) this.actSentinel(name, action);
  }

  private actSentinel(name: string, action: SentinelAction): void {
    switch (action.kind) {
      case 'tell':
        for (const other of SENTINELS.filter((one) => one !== name))
          this.send(() => this.stepSentinel(other, (now) => ({ kind: 'heard', now, from: name, over: action.over })));
        break;
      case 'call':
        this.call(name, action.region, action.about);
        break;
      case 'ask-standbys':
        this.askStandbys(name, action.about);
        break;
      case 'appoint':
        this.send(() => this.step(action.region, { kind: 'appointed', now: 0, epoch: action.epoch }));
        break;
    }
  }

  /** Message and answer may be lost, and come late. */
  private call(name: string, region: string, about: Lease): void {
    let isAnswered = false;
    const answer = (taken: boolean) => {
      if (isAnswered) return;
      isAnswered = true;
      this.stepSentinel(name, () => ({ kind: 'answered', region, about, taken }));
    };
    this.at(this.now + CALL_MS, () => answer(false));
    const connected = () => this.now >= this.actor(region).cutUntil;
    const look = () => {
      const { state } = this.actor(region);
      const taken = state.epoch === about.epoch + 1 && state.serveUntil > 0;
      if (taken && connected()) this.send(() => answer(true));
      else if (!isAnswered) this.at(this.now + TICK_MS, look);
    };
    this.send(() => {
      if (!connected()) return;
      this.step(region, { kind: 'called', now: 0, lease: about });
      look();
    });
  }

  /** Every client writes all the time, everywhere: whoever lets it through acknowledges what one standby holds, too. */
  private acknowledge(): void {
    for (const [region, keeper] of this.keepers) {
      if (!this.isRunning(keeper)) continue;
      const open =
        this.script.bug === 'looks at its lease only when it ticks'
          ? keeper.gate
          : mayServe(keeper.state, this.clock(keeper));
      if (!open) continue;
      const written = Math.max(keeper.received, this.acknowledged) + 1;
      const followers = this.followersOf(region);
      const one = followers[written % Math.max(1, followers.length)];
      if (!one && this.script.synchronous) continue;
      keeper.received = written;
      if (one && this.script.synchronous) one.received = written;
      this.acknowledged = written;
      this.acks.push({ at: this.now, region, epoch: keeper.state.epoch });
    }
  }

  /** Standbys that a primary can reach now. */
  private followersOf(region: string): KeeperActor[] {
    if (this.now < this.actor(region).cutUntil) return [];
    return [...this.keepers.values()].filter(
      (keeper) => this.isRunning(keeper) && this.now >= keeper.cutUntil && keeper.database === 'standby',
    );
  }

  /** What one standby acknowledged reaches the others later. */
  private catchUp(): void {
    for (const [region, keeper] of this.keepers) {
      if (!this.isRunning(keeper) || !(typeof keeper.database === 'number' || keeper.state.mode === 'serving'))
        continue;
      for (const follower of this.followersOf(region)) follower.received = Math.max(follower.received, keeper.received);
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
