import type { LeaseStore } from '../lease-store/lease-store';
import type { KeeperEvent, KeeperState, Tenure } from '../protocol/keeper';
import type { Lease } from '../protocol/lease';
import { comparePositions, type LogPosition } from '../protocol/plan';
import { type DatabaseGuard, REPLICATED_WITHIN_MS } from './database-guard';
import type { KeptDatabase } from './kept-database';
import { until } from './until';

const QUIET_WITHIN_MS = 60;
/** A hand-over that is not under way after this long is not begun: whoever asked may have stopped waiting. */
const PREPARED_WITHIN_MS = 8_000;
/** More than its standby may take to receive the rest and the database to stop or be killed. */
const STOPPED_WITHIN_MS = 15_000;
const TAKEN_WITHIN_MS = 5_000;

export interface HandOverOptions {
  region: string;
  /** of the lease */
  key: string;
  leases: LeaseStore;
  database: KeptDatabase;
  guard: DatabaseGuard;
  /** boot-time clock, ms */
  now: () => number;
  /** of its keeper, at this moment */
  state: () => KeeperState;
  /** tells the keeper what was done */
  step: (event: KeeperEvent) => void;
  /** tells the keeper who has the lease */
  see: (lease: Lease) => void;
  /** the keeper of another region will be asked to take the lease. Does not throw, and nobody waits for it */
  warnSuccessor: (to: string) => void;
  /** asks the keeper of another region to take the lease; true once it serves */
  tellSuccessor: (from: Tenure, to: Tenure, position: LogPosition) => Promise<boolean>;
  /** what clients send waits, or no longer */
  hold: (held: boolean) => void;
}

/** The lease changes hands as planned: what its holder does, and what its successor does. */
export class HandOver {
  /** the end of the log of this database, once it has stopped with its successor holding all of it */
  private stopPosition: LogPosition | undefined;
  private ready: Promise<void> | undefined;

  constructor(private readonly options: HandOverOptions) {}

  /**
   * Stops this database in order and gives the lease to another region. Returns for how long writes were held.
   * Throws when the other one is too far behind, which changes nothing, or does not take it: then nobody holds the lease.
   */
  async give(to: Tenure): Promise<{ heldMs: number }> {
    const { region, database, hold, state, step, see, now, tellSuccessor } = this.options;
    const startedAt = performance.now();
    await database.checkpoint();
    await database.awaitReplicated(to.holder, REPLICATED_WITHIN_MS);
    const heldAt = performance.now();
    if (heldAt - startedAt > PREPARED_WITHIN_MS) throw new Error('it took too long to prepare: ask again');
    hold(true);
    try {
      await database.awaitQuiet(QUIET_WITHIN_MS);
      this.stopPosition = undefined;
      const from = { holder: region, epoch: state().epoch };
      step({ kind: 'hand-over', now: now(), to });
      void this.warnSuccessor(to.holder);
      await until(() => state().mode === 'idle', STOPPED_WITHIN_MS, 'its database did not stop');
      if (!this.stopPosition) throw new Error(`${to.holder} did not receive all of the log`);
      const taken = await tellSuccessor(from, to, this.stopPosition).catch(() => false);
      if (!taken) throw new Error(`${to.holder} did not take over`);
      see({ holder: to.holder, epoch: to.epoch, renewal: 0 });
      return { heldMs: performance.now() - heldAt };
    } catch (error) {
      step({ kind: 'hand-over-failed', now: now() });
      throw error;
    } finally {
      hold(false);
    }
  }

  /** The protocol says that the database may stop for its successor now. */
  async stop(successor: string): Promise<void> {
    const { guard, step, now } = this.options;
    this.stopPosition = await guard.stopInOrder(successor);
    step({ kind: 'database-gone', now: now() });
  }

  /** The holder is about to stop for this region: while it does, the lease store is asked what a change has to ask first. */
  getReady(): void {
    const { leases, key, state } = this.options;
    if (state().mode === 'idle') this.ready = leases.prepare(key).catch(() => undefined);
  }

  /** The holder has stopped for this region. True once this one has the lease; false when it does not hold all of the log. */
  async take(from: Tenure, epoch: number, position: LogPosition): Promise<boolean> {
    const { database, now, state, step } = this.options;
    const [said] = await Promise.all([database.describe(), this.ready]);
    if (said.role !== 'standby' || comparePositions(said.position, position) < 0) return false;
    step({ kind: 'handed-over', now: now(), from, epoch });
    await until(() => state().mode !== 'promoting', TAKEN_WITHIN_MS, 'it was not promoted');
    return state().mode === 'serving' && state().epoch === epoch;
  }

  /** Not before the last renewal is settled: both would be in each other's way in the store. */
  private async warnSuccessor(to: string): Promise<void> {
    const { state, warnSuccessor } = this.options;
    await until(() => state().pending === undefined, STOPPED_WITHIN_MS, 'no answer').catch(() => undefined);
    // past that it is asked to take the lease already: both would be in each other's way again
    if (state().mode === 'stopping') warnSuccessor(to);
  }
}
