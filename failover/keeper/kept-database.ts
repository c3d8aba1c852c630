import type { LogPosition } from '../protocol/plan';

/** The database processes that a keeper owns. None of the calls may leave one behind that it does not know of. */
export interface KeptDatabase {
  /** called when the processes end without having been told to */
  onDeath(listener: () => void): void;
  /** Starts the processes if the data is a standby's; what was a primary is left alone. Running already is success. */
  start(): Promise<void>;
  /**
   * Starts it where it does not run and sets what has to be in force before the first write of a promotion. Throws where
   * that cannot be had: then it must not be promoted.
   */
  prepare(): Promise<void>;
  /** Makes it take writes and returns then; starts it first where it does not run. Done already is success. */
  promote(): Promise<void>;
  /** Shuts it down in order, so that its standbys receive everything; what is left after a while is killed. */
  stop(): Promise<{ clean: boolean }>;
  /** SIGKILL to every process; returns when none is left. */
  kill(): Promise<void>;
  /** Writes to disk what a shutdown would have to write, so that it is quick. */
  checkpoint(): Promise<void>;
  /** Returns when no client is in a transaction, or after `withinMs`. */
  awaitQuiet(withinMs: number): Promise<void>;
  /** Returns the end of the log once the standby of that region has it on disk. Throws after `withinMs`. */
  awaitReplicated(region: string, withinMs: number): Promise<LogPosition>;
  /** What it says of itself; `none` where nothing answers. */
  describe(): Promise<DatabaseDescription>;
  /**
   * Keeps what commits wait for in line with the mode of replication. Called regularly; `isServing` false: a standby's,
   * which it will have from its first write on. Throws when the database does not answer.
   */
  keepSynchronous(isServing: boolean): Promise<void>;
}

export type DatabaseDescription = { role: 'none' } | { role: 'primary' | 'standby'; position: LogPosition };
