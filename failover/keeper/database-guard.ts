import { setTimeout as sleep } from 'node:timers/promises';
import { type KeeperEvent, type KeeperState, mayPromote } from '../protocol/keeper';
import type { LogPosition } from '../protocol/plan';
import type { Timing } from '../protocol/timing';
import type { KeptDatabase } from './kept-database';

/** A database that takes writes and answers its keeper nothing for so many leases is taken for dead. */
const HANGS_AFTER_LEASES = 3;
const KILL_AGAIN_MS = 500;
const START_AGAIN_MS = 500;
/** A database that died is back within this time, or it is given up. */
const RESTART_WITHIN_MS = 1_500;
const RESTARTS = 2;
/** A standby that needs longer for what is left of the log is too far behind to take over as planned. */
export const REPLICATED_WITHIN_MS = 2_000;

export interface DatabaseGuardOptions {
  database: KeptDatabase;
  timing: Timing;
  /** boot-time clock, ms */
  now: () => number;
  /** of its keeper, at this moment */
  state: () => KeeperState;
  /** tells the keeper what became of the database */
  step: (event: KeeperEvent) => void;
  /** somebody has stopped the database for good: it does not come back by itself */
  isRetired: () => boolean;
  log: (message: string) => void;
}

/** Keeps one database in line with the lease: promotes it, brings it back where it died, and kills it where it may not run. */
export class DatabaseGuard {
  private reviving = false;
  private attending = false;
  private ended = false;
  /** when a standby that had died was started last, on the keeper's clock */
  private standbyStartedAt = Number.NEGATIVE_INFINITY;
  /** when the database last answered, or was made to take writes, on the keeper's clock */
  private aliveAt = 0;

  constructor(private readonly options: DatabaseGuardOptions) {
    options.database.onDeath(() => void this.onDeath());
  }

  end(): void {
    this.ended = true;
  }

  /** It is being brought back: no time for clients. */
  get isReviving(): boolean {
    return this.reviving;
  }

  /** Without a database that takes writes the lease is of no use to this region. */
  async promote(epoch: number): Promise<void> {
    const { database, now, log, step, isRetired } = this.options;
    try {
      const startedAt = performance.now();
      await database.prepare();
      const preparedAt = performance.now();
      // asked right before and right after: a primary must not run where the lease was lost meanwhile
      this.refuseWithoutLease(epoch);
      await database.promote();
      this.refuseWithoutLease(epoch);
      const [preparedMs, promotedMs] = [preparedAt - startedAt, performance.now() - preparedAt].map(Math.round);
      log(`prepared in ${preparedMs} ms, promoted in ${promotedMs} ms`);
      this.aliveAt = now();
      step({ kind: 'promoted', now: now(), epoch });
    } catch (error) {
      await this.abandon(`not promoted: ${messageOf(error)}`);
      // what is still a standby goes on as one: the next election may need it
      if (!isRetired()) await database.start().catch((problem: unknown) => log(messageOf(problem)));
    }
  }

  /** Returns when it is gone: with the end of its log if the region of that name has all of it for certain. */
  async stopInOrder(successor: string): Promise<LogPosition | undefined> {
    const { database } = this.options;
    // the gate is closed: what is the end of the log now is all that was ever acknowledged
    const end = await database.awaitReplicated(successor, REPLICATED_WITHIN_MS).catch(() => undefined);
    await database.stop().catch(() => this.killUntilGone());
    return end;
  }

  /** Nobody is served meanwhile, and the lease is given up only when every process is gone. */
  async killUntilGone(): Promise<void> {
    const { database, log, step, now } = this.options;
    for (let gone = false; !gone && !this.ended; ) {
      try {
        await database.kill();
        gone = true;
      } catch (error) {
        log(`not killed: ${messageOf(error)}`);
        await sleep(KILL_AGAIN_MS);
      }
    }
    step({ kind: 'database-gone', now: now() });
  }

  /**
   * To be called regularly. One that hangs while its keeper lives would keep the lease for ever, and nobody could write.
   * It is given up at once then: what hung is not brought back only to hang again. One that answers "no" is alive.
   */
  async attend(): Promise<void> {
    const { database, now, timing } = this.options;
    const isServing = this.mode === 'serving';
    if (this.attending || this.reviving || !(isServing || this.mode === 'idle')) return;
    this.attending = true;
    try {
      await database.keepSynchronous(isServing);
      this.aliveAt = now();
    } catch (error) {
      if (!isServing) return;
      if ((await database.describe()).role !== 'none') this.aliveAt = now();
      const isSilent = now() - this.aliveAt >= HANGS_AFTER_LEASES * timing.leaseMs;
      if (this.mode === 'serving' && !this.reviving && isSilent)
        await this.abandon(`does not answer: ${messageOf(error)}`);
    } finally {
      this.attending = false;
    }
  }

  /**
   * The processes ended by themselves. What is left of them is killed; then the database is started where it was, as
   * long as this region has the right to: a crash is not the death of a region.
   */
  private async onDeath(): Promise<void> {
    const { database, now, log } = this.options;
    if (this.ended || this.reviving || this.mode === 'stopping') return;
    log('the database has died');
    this.reviving = true;
    try {
      await database.kill();
      // without a proven lease a standby stays one, and what was a primary stays down
      if (!this.mayPromote()) return await this.startStandbyAgain();
      if ((await this.revive()) && this.mayPromote()) {
        this.aliveAt = now();
        return;
      }
    } catch (error) {
      log(`not brought back: ${messageOf(error)}`);
    } finally {
      this.reviving = false;
    }
    // also when the lease was lost meanwhile: what came back is a primary then that nobody may reach
    await this.abandon('the database does not come back');
  }

  /** At once, then twice a second: one that dies as soon as it is started must not keep the machine busy. */
  private async startStandbyAgain(): Promise<void> {
    const { database, now, isRetired } = this.options;
    await sleep(Math.max(0, this.standbyStartedAt + START_AGAIN_MS - now()));
    // somebody may be making its data anew by now, and nobody would know of what is started behind a keeper that has ended
    if (this.ended || isRetired()) return;
    this.standbyStartedAt = now();
    await database.start();
  }

  /** Two attempts: what has just been killed may still be in the way of the first. None without the lease. */
  private async revive(): Promise<boolean> {
    const late = sleep(RESTART_WITHIN_MS, 'late' as const);
    for (let attempt = 0; attempt < RESTARTS && this.mayPromote(); attempt += 1) {
      const back = this.options.database.promote().then(
        () => 'back' as const,
        () => 'failed' as const,
      );
      const outcome = await Promise.race([back, late]);
      if (outcome !== 'failed') return outcome === 'back';
    }
    return false;
  }

  /** First of all the keeper no longer renews: what cannot be killed must not keep the lease. */
  private async abandon(why: string): Promise<void> {
    const { log, step, now } = this.options;
    log(why);
    step({ kind: 'give-up', now: now() });
    await this.killUntilGone();
  }

  private refuseWithoutLease(epoch: number): void {
    if (!this.mayPromote() || this.options.state().epoch !== epoch)
      throw new Error(`the lease of epoch ${epoch} is lost`);
  }

  private mayPromote(): boolean {
    return mayPromote(this.options.state(), this.options.now());
  }

  private get mode(): KeeperState['mode'] {
    return this.options.state().mode;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
