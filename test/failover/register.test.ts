import fc from 'fast-check';
import {
  type Acceptor,
  accept,
  type Ballot,
  isLater,
  latest,
  majorityOf,
  newAcceptor,
  prepare,
} from '../../failover/lease-store/register';

type Bug = 'none' | 'one acceptor is enough' | 'forgets its promise' | 'takes any value' | 'starts from its own value';

/** A change that adds its own number to the list: what is read later must begin with what was acknowledged before. */
interface Change {
  id: number;
  proposer: string;
  begin: number;
}

interface Recorded {
  id: number;
  startedAt: number;
  endedAt: number;
  /** the list that was acknowledged; undefined: nobody knows what became of it */
  list: number[] | undefined;
}

/** Plays changes over three acceptors and a network that delays and loses; every message is a step of its own. */
function play(changes: readonly Change[], delays: readonly (number | undefined)[], bug: Bug): Recorded[] {
  const acceptors: Acceptor<number[]>[] = [newAcceptor(), newAcceptor(), newAcceptor()];
  const needed = bug === 'one acceptor is enough' ? 1 : majorityOf(acceptors.length);
  const queue: Array<{ at: number; order: number; act: () => void }> = [];
  const recorded: Recorded[] = [];
  let now = 0;
  let order = 0;
  let next = 0;
  const schedule = (at: number, act: () => void) => {
    queue.push({ at, order: order++, act });
    queue.sort((a, b) => a.at - b.at || a.order - b.order);
  };
  const send = (act: () => void) => {
    const delay = delays[next++ % delays.length];
    if (delay !== undefined) schedule(now + delay, act);
  };
  const begin = ({ id, proposer }: Change, round: number, startedAt: number, tries: number) => {
    const ballot: Ballot = { round, proposer: `${proposer}${id}` };
    const promises: Acceptor<number[]>['accepted'][] = [];
    let accepted = 0;
    let proposed: number[] | undefined;
    const entry: Recorded = { id, startedAt, endedAt: Number.POSITIVE_INFINITY, list: undefined };
    recorded.push(entry);
    const propose = () => {
      const found = bug === 'takes any value' ? promises.find((one) => one)?.value : latest(promises);
      proposed = [...(bug === 'starts from its own value' ? [] : (found ?? [])), id];
      for (const index of acceptors.keys()) {
        const value = proposed;
        send(() => {
          const step = accept(acceptors[index]!, ballot, value);
          acceptors[index] = step.acceptor;
          send(() => {
            if (step.answer.kind !== 'accepted') return;
            accepted += 1;
            if (accepted === needed) Object.assign(entry, { endedAt: now, list: value });
          });
        });
      }
    };
    for (const index of acceptors.keys()) {
      send(() => {
        const step = prepare(acceptors[index]!, ballot);
        if (bug !== 'forgets its promise') acceptors[index] = step.acceptor;
        send(() => {
          if (step.answer.kind === 'promised') {
            promises.push(step.answer.accepted);
            if (promises.length === needed && !proposed) propose();
          } else if (!proposed && tries < 2) {
            const later = step.answer.promised.round + 1;
            proposed = [];
            begin({ id: id * 10 + tries, proposer, begin: now }, later, startedAt, tries + 1);
          }
        });
      });
    }
  };
  for (const change of changes)
    schedule(change.begin, () => begin(change, 1 + Math.floor(change.begin / 7), change.begin, 0));
  for (let step = queue.shift(); step; step = queue.shift()) {
    now = step.at;
    step.act();
  }
  return recorded;
}

/** Acknowledged lists are prefixes of each other, and what ended before another began is part of it. */
function linearisable(recorded: readonly Recorded[]): boolean {
  const done = recorded.filter((one): one is Recorded & { list: number[] } => one.list !== undefined);
  return done.every((a) =>
    done.every((b) => {
      const [short, long] = a.list.length <= b.list.length ? [a.list, b.list] : [b.list, a.list];
      const isPrefix = short.every((id, index) => long[index] === id);
      return (
        isPrefix && (a === b || a.list.length !== b.list.length) && (a.endedAt >= b.startedAt || b.list.includes(a.id))
      );
    }),
  );
}

const scripts = fc.record({
  changes: fc
    .array(fc.record({ proposer: fc.constantFrom('a', 'b', 'c'), begin: fc.integer({ min: 0, max: 120 }) }), {
      minLength: 2,
      maxLength: 7,
    })
    .map((all) => all.map((one, index) => ({ ...one, id: index + 1 }))),
  delays: fc.array(fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined, freq: 8 }), {
    minLength: 20,
    maxLength: 80,
  }),
});

describe('the register', () => {
  it('orders ballots by round, then by proposer', () => {
    expect(isLater({ round: 2, proposer: 'a' }, { round: 1, proposer: 'z' })).toBe(true);
    expect(isLater({ round: 1, proposer: 'b' }, { round: 1, proposer: 'a' })).toBe(true);
    expect(isLater({ round: 1, proposer: 'a' }, { round: 1, proposer: 'a' })).toBe(false);
  });

  it('is one value that changes one step at a time, whatever the network loses, delays and reorders', () => {
    let acknowledged = 0;
    fc.assert(
      fc.property(scripts, ({ changes, delays }) => {
        const recorded = play(changes, delays, 'none');
        acknowledged += recorded.filter(({ list }) => list).length;
        expect(linearisable(recorded)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    expect(acknowledged).toBeGreaterThan(1_000);
  });

  it.each<Bug>(['one acceptor is enough', 'forgets its promise', 'takes any value', 'starts from its own value'])(
    'would be caught: it %s',
    (bug) => {
      const found = fc.check(
        fc.property(scripts, ({ changes, delays }) => linearisable(play(changes, delays, bug))),
        { numRuns: 5_000 },
      );
      expect(found.failed).toBe(true);
    },
  );
});
