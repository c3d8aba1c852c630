import { outageMs, type Write } from './outside-writer';
import { brokenPromises, type Kept } from './promises';

/** Writes 1 to 10, one every 100 ms, answered 10 ms later; the fault is at 550 ms, the takeover at 700 ms. */
const log: Write[] = Array.from({ length: 10 }, (_, index) => ({
  seq: index + 1,
  sentAtMs: (index + 1) * 100,
  endedAtMs: (index + 1) * 100 + 10,
  outcome: index === 5 ? 'not-acknowledged' : 'acknowledged',
}));
const all = new Set(log.map(({ seq }) => seq));
const without = (...missing: number[]) => new Set([...all].filter((seq) => !missing.includes(seq)));
const fine: Kept = {
  present: all,
  synchronous: true,
  reportedLagMs: 50,
  faultAtMs: 550,
  takenOverAtMs: 650,
};

test('a history without a broken promise', () => {
  expect(brokenPromises(log, fine)).toEqual([]);
  expect(brokenPromises(log, { ...fine, present: without(6) })).toEqual([]);
  expect(brokenPromises(log, { ...fine, synchronous: false, present: without(5), reportedLagMs: 100 })).toEqual([]);
});

test.each<[string, Kept, RegExp]>([
  ['a synchronous write is lost', { ...fine, present: without(5) }, /synchronous, and lost 1 \(5\)/],
  [
    'more is lost than the lag explains',
    { ...fine, synchronous: false, present: without(1, 2, 3, 4, 5), reportedLagMs: -900 },
    /write 1 was lost 440 ms old/,
  ],
  [
    'the old primary acknowledges after the takeover',
    { ...fine, synchronous: false, present: without(8) },
    /two writers: 1 \(8\)/,
  ],
  [
    'a write is missing among later ones',
    { ...fine, synchronous: false, present: without(2), reportedLagMs: 10_000 },
    /1 \(2\) are missing although later ones are there/,
  ],
])('it is told that %s', (_, kept, words) => {
  expect(brokenPromises(log, kept).join('; ')).toMatch(words);
});

test('an outage is the longest time between two acknowledgements', () => {
  expect(outageMs(log, 550, 10_000)).toBe(200);
});
