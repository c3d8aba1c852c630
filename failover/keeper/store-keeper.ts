import { setTimeout as sleep } from 'node:timers/promises';
import type { LeaseStore } from '../lease-store/lease-store';
import {
  type KeeperAction,
  type KeeperEvent,
  type KeeperState,
  keeperStep,
  mayPromote,
  mayRead,
  mayReplicate,
  mayServe,
  newKeeper,
  type Tenure,
} from '../protocol/keeper';
import { type Lease, NO_LEASE, sameLease } from '../protocol/lease';
import type { LogPosition } from '../protocol/plan';
import type { Timing } from '../protocol/timing';
import { DatabaseGuard } from './database-guard';
import { HandOver } from './hand-over';
import type { KeptDatabase } from './kept-database';
import type { KeeperDescription } from './messages';
import { until } from './until';

const TICK_MS = 50;
/** A keeper that does not hold the lease looks by itself who does: a message may have been lost. */
const LOOK_EVERY_MS = 400;
const ATTEND_EVERY_MS = 500;
const TAKEN_WITHIN_MS = 5_000;
/** A new holder takes writes and has said so by then, or is slow, or every word of it was lost. */
const SERVES_WITHIN_MS = 1_000;

export interface StoreKeeperOptions {
  region: string;
  /** of the lease */
  key: string;
  timing: Timing;
  leases: LeaseStore;
  /** absent in a region that only has the way to the writer */
  database?: KeptDatabase;
  /** boot-time clock, ms */
  now: () => number;
  /** the keeper of another region will be asked to take the lease. Does not throw, and nobody waits for it */
  warnSuccessor: (to: string) => void;
  /** asks the keeper of another region to take the lease; true once it serves */
  tellSuccessor: (from: Tenure, to: Tenure, position: LogPosition) => Promise<boolean>;
  /** this region has the lease now, or serves with it: their ways lead here. Does not throw, and nobody waits for it */
  tellOthers: (lease: Lease, serves: boolean) => void;
  /** who has the lease has changed, as far as this keeper knows */
  onHolder: (lease: Lease) => void;
  /** who has the lease takes writes */
  onServing: () => void;
  /** what clients send waits, or no longer */
  hold: (held: boolean) => void;
  log: (message: string) => void;
}

/**
 * The keeper of one store in one region: runs the protocol (failover/protocol/keeper.ts) on a real database, clock and
 * lease store. Nothing but this starts, promotes or kills the database.
 */
export class StoreKeeper {
  private state: KeeperState;
  /** the lease as it was last seen; decides where this region's writes go */
  private seen: Lease = NO_LEASE;
  /** until when its holder may not take writes yet, as far as this keeper knows; boot-time clock, ms */
  private notBefore = 0;
  private readonly timers: NodeJS.Timeout[] = [];
  private looking = false;
  private readonly guard: DatabaseGuard | undefined;
  private readonly planned: HandOver | undefined;
  private ended = false;
  /** somebody has stopped the database for good: it does not come back by itself */
  private retired = false;
  /** the lease that this region gave up, and since when nobody has it */
  private vacancy: { lease: Lease; since: number } | undefined;

  constructor(private readonly options: StoreKeeperOptions) {
    const { region, key, database, timing, now, log } = options;
    this.state = newKeeper(region);
    this.guard =
      database &&
      new DatabaseGuard({
        ...{ database, timing, now },
        state: () => this.state,
        step: (event) => this.step(event),
        isRetired: () => this.retired,
        log: (message) => log(`${key}: ${message}`),
      });
    this.planned =
      database &&
      this.guard &&
      new HandOver({
        ...options,
        ...{ database, guard: this.guard },
        state: () => this.state,
        step: (event) => this.step(event),
        see: (lease) => this.see(lease),
      });
  }

  start(): void {
    this.timers.push(setInterval(() => this.step({ kind: 'tick', now: this.options.now() }), TICK_MS));
    this.timers.push(setInterval(() => void this.look(), LOOK_EVERY_MS));
    this.timers.push(setInterval(() => void this.guard?.attend(), ATTEND_EVERY_MS));
    void this.startStandby().catch((error: unknown) => this.options.log(String(error)));
    void this.look();
  }

  end(): void {
    this.ended = true;
    this.guard?.end();
    for (const timer of this.timers) clearInterval(timer);
  }

  /** Asked before every byte. A database that is being brought back has no time for clients. */
  mayServe(): boolean {
    return !this.guard?.isReviving && mayServe(this.state, this.options.now());
  }

  /** Asked before every byte of the log that a standby is sent. */
  mayReplicate(): boolean {
    return mayReplicate(this.state, this.options.now());
  }

  /** Asked before every byte of those who only read. */
  mayRead(): boolean {
    return !this.guard?.isReviving && mayRead(this.state, this.options.now());
  }

  get holder(): string | undefined {
    return this.seen.holder;
  }

  get mode(): KeeperState['mode'] {
    return this.state.mode;
  }

  appointed(epoch: number): void {
    this.step({ kind: 'appointed', now: this.options.now(), epoch });
  }

  /** A sentinel has chosen this region: true once it has the lease, false when somebody else was quicker. */
  async called(lease: Lease): Promise<boolean> {
    const said = await this.options.database?.describe();
    if (this.retired || said?.role !== 'standby') return false;
    const epoch = lease.epoch + 1;
    this.step({ kind: 'called', now: this.options.now(), lease });
    const isTrying = () => this.state.mode === 'promoting' && this.state.epoch === epoch && !this.mayPromote();
    await until(() => !isTrying(), TAKEN_WITHIN_MS, 'the lease store did not answer');
    return this.mayPromote() && this.state.epoch === epoch;
  }

  /** This region has the lease of that epoch: returns when it serves. Throws when it does not within that time. */
  async appoint(epoch: number, withinMs: number): Promise<void> {
    this.retired = false;
    // it may have lost the lease meanwhile and got it back: that is a later epoch
    const serves = () => this.mayServe() && this.state.epoch >= epoch;
    const deadline = performance.now() + withinMs;
    while (!serves()) {
      if (performance.now() > deadline)
        throw new Error(`${this.options.region} does not serve: it is ${this.state.mode}`);
      this.appointed(epoch);
      await sleep(TICK_MS);
    }
  }

  /** Starts the database where the data is a standby's. */
  async startStandby(): Promise<void> {
    this.retired = false;
    await this.options.database?.start();
  }

  /**
   * Returns when commits wait for what the settings say now; where nobody writes there is nothing to do. Throws when that
   * is not certain.
   */
  async confirmSynchronous(): Promise<void> {
    if (this.state.mode === 'promoting') throw new Error(`${this.options.region} is about to take writes`);
    if (this.state.mode === 'serving') await this.options.database?.keepSynchronous(true);
  }

  /**
   * For how long the standby of this region had better wait before it follows the new holder, ms; 0 when it need not. One
   * that connects before it knows the history of the new timeline asks for the old one first, which is three round
   * trips more (and all that it can do while it lacks the end of the old one); the history is in the archive about when
   * the holder begins to take writes.
   */
  followsInMs(): number {
    return Math.max(0, this.notBefore - this.options.now());
  }

  /** Where writes go has changed, or they are taken there, says somebody; older news is dropped. */
  leaseChanged(lease: Lease, serves = false): void {
    this.see(lease);
    const isNews = lease.epoch === this.seen.epoch && lease.holder === this.seen.holder && this.followsInMs() > 0;
    if (!serves || !isNews) return;
    this.notBefore = 0;
    this.options.onServing();
  }

  async describe(): Promise<KeeperDescription> {
    const { mode, epoch } = this.state;
    const said = (await this.options.database?.describe()) ?? { role: 'none' };
    if (said.role === 'none') return { mode, epoch, role: 'none' };
    const { timeline, bytes } = said.position;
    return { mode, epoch, role: said.role, position: { timeline, bytes: String(bytes) } };
  }

  /** Stops this database in order and gives the lease to another region (hand-over.ts). */
  async handOver(to: Tenure): Promise<{ heldMs: number }> {
    if (!this.planned || this.state.mode !== 'serving')
      throw new Error(`${this.options.region} does not hold the lease`);
    return this.planned.give(to);
  }

  /** The holder is about to stop for this region. */
  getReady(): void {
    this.planned?.getReady();
  }

  /** The holder has stopped for this region. True once this one serves; false when it does not hold all of the log. */
  async handedOver(from: Tenure, epoch: number, position: LogPosition): Promise<boolean> {
    return (await this.planned?.take(from, epoch, position)) === true && this.mayServe();
  }

  /** Stops the database for good, in order where it can; gives the lease up if it is held. */
  async giveUp(): Promise<{ clean: boolean }> {
    const { database, now } = this.options;
    if (!database) return { clean: true };
    this.retired = true;
    const wasHolder = this.holdsLease();
    // closed first: what the database still acknowledges while it stops reaches nobody
    this.step({ kind: 'give-up', now: now() });
    const stopped = await database.stop();
    this.step({ kind: 'database-gone', now: now() });
    if (wasHolder) await until(() => this.seen.holder !== this.options.region, TAKEN_WITHIN_MS, 'lease not given up');
    return stopped;
  }

  private step(event: KeeperEvent): void {
    if (this.ended) return;
    const before = this.state.mode;
    const { state, actions } = keeperStep(this.state, event, this.options.timing);
    this.state = state;
    if (before !== state.mode)
      this.options.log(`${this.options.key}: ${before} -> ${state.mode}, epoch ${state.epoch}`);
    const begins = before === 'promoting' && state.mode === 'serving' && this.seen.holder === this.options.region;
    if (begins && this.seen.epoch === state.epoch) this.options.tellOthers(this.seen, true);
    for (const action of actions) void this.act(action);
  }

  private async act(action: KeeperAction): Promise<void> {
    const { log } = this.options;
    try {
      switch (action.kind) {
        case 'change-lease':
          return await this.changeLease(action);
        case 'promote-database':
          return this.guard ? await this.guard.promote(action.epoch) : this.declineLease();
        case 'kill-database':
          return await this.guard?.killUntilGone();
        case 'stop-database':
          return this.state.successor && (await this.planned?.stop(this.state.successor.holder));
        case 'tell-successor':
          // HandOver.give waits for it and tells, because it has the answer to give
          return;
      }
    } catch (error) {
      log(`${this.options.key}: ${action.kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async changeLease({ id, change }: Extract<KeeperAction, { kind: 'change-lease' }>): Promise<void> {
    const answer = await this.options.leases.change(this.options.key, change);
    const lease = answer.outcome === 'unknown' ? undefined : answer.lease;
    if (lease) this.see(lease);
    this.step({
      kind: 'answered',
      now: this.options.now(),
      id,
      outcome: answer.outcome,
      ...(lease && { lease }),
    });
  }

  /** A region that only has the way to the writer has nothing to promote. */
  private declineLease(): void {
    this.step({ kind: 'give-up', now: this.options.now() });
    this.step({ kind: 'database-gone', now: this.options.now() });
  }

  private mayPromote(): boolean {
    return mayPromote(this.state, this.options.now());
  }

  private holdsLease(): boolean {
    return this.state.mode === 'serving' || this.state.mode === 'promoting';
  }

  private async look(): Promise<void> {
    if (this.looking || this.holdsLease()) return;
    this.looking = true;
    try {
      const lease = await this.options.leases.read(this.options.key);
      this.see(lease);
      if (lease.holder === this.options.region && this.options.database) this.appointed(lease.epoch);
      this.lookForVacancy(lease);
    } catch {
      // nobody can say who holds it: ways stay as they are
    } finally {
      this.looking = false;
    }
  }

  private lookForVacancy(lease: Lease): void {
    const now = this.options.now();
    if (this.retired || lease.holder !== undefined || lease.epoch === 0 || lease.epoch !== this.state.over) {
      this.vacancy = undefined;
      return;
    }
    if (!this.vacancy || !sameLease(this.vacancy.lease, lease)) this.vacancy = { lease, since: now };
    if (now - this.vacancy.since >= this.options.timing.leaseMs) this.step({ kind: 'vacant', now, lease });
  }

  private see(lease: Lease): void {
    const isOlder =
      lease.epoch < this.seen.epoch || (lease.epoch === this.seen.epoch && lease.renewal < this.seen.renewal);
    if (isOlder) return;
    const moved = lease.holder !== this.seen.holder || lease.epoch !== this.seen.epoch;
    // a keeper that has just begun comes to a holder that serves
    if (moved && this.seen.epoch > 0) this.notBefore = this.options.now() + SERVES_WITHIN_MS;
    this.seen = lease;
    if (!moved) return;
    this.options.onHolder(lease);
    if (lease.holder === this.options.region) this.options.tellOthers(lease, false);
  }
}
