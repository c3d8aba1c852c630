import type { Entry } from './entry';
import { LeaseStoreUnavailable } from './lease-store';

/** What one kind of store must be able to do with a key; the rest of a lease store is made of it (compare-and-set.ts). */
export interface Cell<Seen extends Entry = Entry> {
  /**
   * The entry as a majority has it. `deadline` is a reading of `performance.now()`, in ms.
   * @throws LeaseStoreUnavailable when this attempt failed; another may succeed
   */
  read(key: string, deadline: number): Promise<Seen>;
  /** A read that leaves this one ready to swap. @throws LeaseStoreUnavailable as `read` does, Collision as `swap` does */
  prepare(key: string, deadline: number): Promise<Seen>;
  /**
   * Puts `next` in the place of `seen` if that is still there, as one act, and returns what is there then: `next`, or
   * what had taken the place of `seen`.
   * @throws LeaseStoreUnavailable when it may or may not have happened: the same may be asked for again
   * @throws Collision when another proposal was in the way
   */
  swap(key: string, seen: Seen, next: Entry, deadline: number): Promise<Seen>;
  /** Lets go of connections. */
  close(): void;
}

/** Another proposal was in the way of this one. Whoever collided waits for a while that others do not wait. */
export class Collision extends LeaseStoreUnavailable {
  override readonly name = 'Collision';

  constructor(
    message: string,
    /** whether this one may have happened all the same */
    readonly mayHaveHappened: boolean,
  ) {
    super(message);
  }
}
