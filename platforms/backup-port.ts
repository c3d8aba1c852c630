import type { Backup, BackupChain, RecoveryTarget, RestoreReport } from '../contracts/backup';
import type { CallContext, StoreRef } from './platform';

/** How many backups stay: the newest so many, and all that are younger; never one that the newest proven one needs. */
interface Retention {
  keep: number;
  keepForMs: number;
}

/**
 * Copies of a store that survive the loss of all its databases. A backup is `unproven` until it has been restored and
 * compared; a platform where rows cannot be compared says so and leaves it unproven.
 */
export interface BackupPort {
  /** Copies the store into another region. `id` makes it idempotent: a complete backup of that id is returned. */
  take(input: StoreRef & { id: string }, context: CallContext): Promise<Backup>;
  list(input: StoreRef): Promise<BackupChain>;
  /** Restores a backup beside the database, compares it with what the source held, and removes what it made. */
  prove(input: StoreRef & { id: string }, context: CallContext): Promise<Backup>;
  /**
   * The backup that a restore in a region would begin with: without `backup` the newest proven one that was complete before
   * the target, or the newest when none is proven. `Platform.Refused` where there is none: nothing has to be stopped to know that.
   */
  choose(input: StoreRef & { region: string; backup?: string; target: RecoveryTarget }): Promise<Backup>;
  /**
   * Makes the database of a region from a backup and the archived log, and the primary; from the same one that `choose`
   * names. Refuses while any database of the store lives: a standby holds more.
   * The same restore again in the same epoch is answered, not repeated.
   */
  restore(
    input: StoreRef & { region: string; backup?: string; target: RecoveryTarget; epoch: number },
    context: CallContext,
  ): Promise<RestoreReport>;
  /** Removes what retention no longer keeps. Returns the ids of the backups and the number of log segments removed. */
  prune(input: StoreRef & Retention): Promise<{ backups: string[]; segments: number }>;
}
