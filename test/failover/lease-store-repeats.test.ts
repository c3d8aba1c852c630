import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Cell } from '../../failover/lease-store/cell';
import { createLeaseStore } from '../../failover/lease-store/compare-and-set';
import { type Entry, NO_ENTRY } from '../../failover/lease-store/entry';
import { LeaseStoreUnavailable } from '../../failover/lease-store/lease-store';
import type { LeaseChange } from '../../failover/protocol/lease';
import { History, notLinearisable } from './lease-store-history';

type Fate = 'answered' | 'lost' | 'answer lost' | 'late';
type Bug = 'none' | 'does not compare' | 'does not say who made the change' | 'reads what was there before';

const TIMEOUT_MS = 60;
const KEY = 'a/b/c/d';

/** A cell in memory whose answers are lost and whose swaps arrive late. */
function createFlakyCell(bug: Bug): (fates: readonly Fate[]) => Cell {
  let present = NO_ENTRY;
  let previous = NO_ENTRY;
  const swap = (seen: Entry, next: Entry) => {
    if (present.change === seen.change || bug === 'does not compare') {
      previous = present;
      present = next;
    }
    return present;
  };
  return (fates) => {
    let asked = 0;
    const suffer = async <T>(act: () => T): Promise<T> => {
      const fate = fates[asked++ % fates.length];
      await sleep(0);
      if (fate === 'late') setTimeout(act, 5);
      if (fate === 'late' || fate === 'lost') throw new LeaseStoreUnavailable(fate);
      const found = act();
      await sleep(0);
      if (fate === 'answer lost') throw new LeaseStoreUnavailable(fate);
      return found;
    };
    const read = () => suffer(() => (bug === 'reads what was there before' ? previous : present));
    return {
      read,
      prepare: read,
      swap: async (_key, seen, next) => {
        const found = await suffer(() => swap(seen, next));
        const isRepeat =
          bug === 'does not say who made the change' && fates[(asked - 2) % fates.length] === 'answer lost';
        return isRepeat ? { ...found, change: `${found.change}'` } : found;
      },
      close: () => undefined,
    };
  };
}

const once: LeaseChange = (present) => ({ ...present, renewal: present.renewal + 1 });

const fates = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Fate>('answered') },
    { weight: 2, arbitrary: fc.constantFrom<Fate>('lost', 'answer lost', 'late') },
  ),
  { minLength: 8, maxLength: 40 },
);

async function play(scripts: ReadonlyArray<readonly Fate[]>, bug: Bug): Promise<History> {
  const history = new History();
  const createCell = createFlakyCell(bug);
  await Promise.all(
    scripts.map(async (script, nth) => {
      const name = `client-${nth}`;
      const store = createLeaseStore(createCell(script), { name, timeoutMs: TIMEOUT_MS });
      for (let act = 0; act < 6; act++)
        await (act % 3 === 2 ? history.read(name, store, KEY) : history.change(name, store, KEY, once));
    }),
  );
  return history;
}

describe('a lease store that repeats what may have failed', () => {
  it('makes a change once, and says so only of what it knows', async () => {
    const counts = { changed: 0, unknown: 0, read: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(fates, { minLength: 2, maxLength: 4 }), async (scripts) => {
        const history = await play(scripts, 'none');
        expect(notLinearisable(history.operations)).toBeUndefined();
        for (const outcome of ['changed', 'unknown', 'read'] as const) counts[outcome] += history.count(outcome);
      }),
      { numRuns: 60 },
    );
    expect(counts.changed).toBeGreaterThan(300);
    expect(counts.read).toBeGreaterThan(100);
    expect(counts.unknown).toBeGreaterThan(0);
  });

  it.each<Bug>(['does not compare', 'does not say who made the change', 'reads what was there before'])(
    'would be caught: a cell that %s',
    async (bug) => {
      const found = await fc.check(
        fc.asyncProperty(
          fc.array(fates, { minLength: 2, maxLength: 4 }),
          async (scripts) => notLinearisable((await play(scripts, bug)).operations) === undefined,
        ),
        { numRuns: 60, endOnFailure: true },
      );
      expect(found.failed).toBe(true);
    },
  );
});
