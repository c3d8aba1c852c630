import type { Lease, LeaseChange } from '../protocol/lease';

/**
 * What became of a change. `unknown`: no majority answered in time; the change may have happened, may yet happen, or
 * never. Ask for it again: a change says itself which lease it is meant for.
 */
export type ChangeOutcome =
  | { outcome: 'changed'; lease: Lease }
  | { outcome: 'refused'; lease: Lease }
  | { outcome: 'unknown'; reason: string };

/**
 * Where leases are kept: one value a key, changed one compare-and-set at a time and linearisably. A change that was
 * acknowledged is seen by every change and read that begins later, whoever asks. Keys are
 * `account/application/environment/store`.
 */
export interface LeaseStore {
  /**
   * The lease as a majority has it now; `NO_LEASE` for a key that was never changed.
   * @throws LeaseStoreUnavailable when no majority answers in time
   */
  read(key: string): Promise<Lease>;
  /**
   * Asks beforehand what a change has to ask: one that follows soon costs one round trip less. Whoever changes the lease
   * meanwhile needs one more. Never throws: without it the change only takes longer.
   */
  prepare(key: string): Promise<void>;
  /** Changes the lease, or says why not. Takes no longer than the store's time limit and never throws for trouble of the network. */
  change(key: string, change: LeaseChange): Promise<ChangeOutcome>;
  /** Lets go of its connections. What is under way ends as unknown or unavailable. */
  close(): void;
}

/** No majority of the store answered in time: nobody can say who holds the lease. */
export class LeaseStoreUnavailable extends Error {
  override readonly name: string = 'LeaseStoreUnavailable';
}
