import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { LeaseChange } from '../protocol/lease';
import { type Cell, Collision } from './cell';
import type { Entry } from './entry';
import { type ChangeOutcome, type LeaseStore, LeaseStoreUnavailable } from './lease-store';

/** Between attempts that failed: the next member is asked at once, a store that refuses everything is not pestered. */
const LONGEST_PAUSE_MS = 200;

/**
 * A lease store of a cell: repeats attempts that failed until the time limit, and says `changed` or `refused` only of
 * what it knows. `timeoutMs` limits every call as a whole.
 */
export function createLeaseStore<Seen extends Entry>(
  cell: Cell<Seen>,
  { name, timeoutMs }: { name: string; timeoutMs: number },
): LeaseStore {
  const author = `${name}/${randomUUID()}`;
  const known = new Map<string, Seen>();
  let changes = 0;
  let closed = false;

  /** Attempts until one succeeds or time is up. An attempt is told whether an earlier one may have happened. */
  async function insist<T>(deadline: number, attempt: (isRepeat: boolean) => Promise<T>): Promise<T> {
    let isRepeat = false;
    const reasons = new Set<string>();
    for (let attempts = 1; ; attempts++) {
      const begin = performance.now();
      try {
        return await attempt(isRepeat);
      } catch (error) {
        if (!(error instanceof LeaseStoreUnavailable)) throw error;
        isRepeat ||= !(error instanceof Collision) || error.mayHaveHappened;
        reasons.add(error.message);
        const now = performance.now();
        const [unitMs, longestMs] =
          error instanceof Collision ? [now - begin, (deadline - now) / 2] : [2, LONGEST_PAUSE_MS];
        const pauseMs = Math.min(longestMs, Math.random() * unitMs * 2 ** attempts);
        if (closed || now + pauseMs >= deadline) throw new LeaseStoreUnavailable([...reasons].slice(-3).join('; '));
        await pause(pauseMs);
      }
    }
  }

  async function readEntry(key: string, deadline: number): Promise<Seen> {
    const entry = await insist(deadline, () => cell.read(key, deadline));
    known.set(key, entry);
    return entry;
  }

  /** What is there after the change was asked for; undefined when that no longer tells whether it was made. */
  async function swap(key: string, seen: Seen, next: Entry, deadline: number): Promise<Seen | undefined> {
    return insist(deadline, async (isRepeat) => {
      const found = await cell.swap(key, seen, next, deadline);
      const isPastIt = found.version > next.version;
      // Made by an attempt that seemed to fail and changed by others since, or never made: nobody knows.
      return isRepeat && isPastIt ? undefined : found;
    });
  }

  async function settle(key: string, change: LeaseChange, deadline: number): Promise<ChangeOutcome> {
    const remembered = known.get(key);
    let isFresh = !remembered;
    let seen = remembered ?? (await readEntry(key, deadline));
    for (;;) {
      const lease = change(seen.lease);
      if (!lease && isFresh) return { outcome: 'refused', lease: seen.lease };
      if (!lease) {
        seen = await readEntry(key, deadline);
        isFresh = true;
        continue;
      }
      const next: Entry = { lease, version: seen.version + 1, change: `${author}/${++changes}` };
      const found = await swap(key, seen, next, deadline);
      if (!found) return { outcome: 'unknown', reason: 'others have changed the lease while it was under way' };
      known.set(key, found);
      if (found.change === next.change) return { outcome: 'changed', lease };
      seen = found;
      isFresh = true;
    }
  }

  return {
    read: async (key) => (await readEntry(key, performance.now() + timeoutMs)).lease,
    prepare: async (key) => {
      const deadline = performance.now() + timeoutMs;
      try {
        known.set(key, await insist(deadline, () => cell.prepare(key, deadline)));
      } catch (error) {
        if (!(error instanceof LeaseStoreUnavailable)) throw error;
      }
    },
    change: async (key, change) => {
      try {
        return await settle(key, change, performance.now() + timeoutMs);
      } catch (error) {
        if (!(error instanceof LeaseStoreUnavailable)) throw error;
        known.delete(key);
        return { outcome: 'unknown', reason: error.message };
      }
    },
    close: () => {
      closed = true;
      cell.close();
    },
  };
}
