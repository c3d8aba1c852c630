import { brokenPromises, type Evidence, type Found } from './promises';
import { outageMs, type Write } from './write';

/**
 * A history by hand. `a` takes a write every 100 ms until 500 ms on timeline 1, each acknowledged 10 ms after it was
 * sent; the fault is at 550 ms, the lease is over at 650 ms, and `b` takes them from 700 ms on, on timeline 2.
 */
const write = (atMs: number, region: 'a' | 'b', more: Partial<Write> = {}): Write => ({
  ...{ key: `w/${atMs}`, content: 'x', way: `${region} endpoint`, outcome: 'acknowledged' },
  ...{ sentAtMs: atMs, notBeforeMs: atMs + 5, endedAtMs: atMs + 10 },
  by: { region, timeline: region === 'a' ? 1 : 2 },
  ...more,
});
const log: Write[] = [
  ...[100, 200, 300, 400, 500].map((atMs) => write(atMs, 'a')),
  { ...write(600, 'a'), outcome: 'not-acknowledged', by: undefined },
  ...[700, 800, 900, 1_000].map((atMs) => write(atMs, 'b')),
];
const rowsOf = (writes: readonly Write[]): Found['rows'] =>
  new Map(writes.map(({ key, content, sentAtMs }) => [key, { content, committedAtMs: sentAtMs + 4 }]));
const present = (without: number[] = [], more: Partial<Found> = {}): Found => ({
  ...{ region: 'b', timeline: 2, ancestors: [1] },
  rows: rowsOf(log.filter(({ sentAtMs, outcome }) => outcome === 'acknowledged' && !without.includes(sentAtMs))),
  ...more,
});
const former = (added: Write[] = [], more: Partial<Found> = {}): Found => ({
  ...{ region: 'a', timeline: 1, ancestors: [] },
  rows: rowsOf([...log.filter(({ by }) => by?.region === 'a'), ...added]),
  ...more,
});
const block: Evidence = {
  ...{ present: present(), formers: [former()], synchronous: true },
  ...{ faultAtMs: 550, overAtMs: 650, explainedSinceMs: undefined },
};
const asynchronous: Evidence = { ...block, synchronous: false, explainedSinceMs: 450 };

describe('a history in which every promise was kept', () => {
  test.each<[string, Write[], Evidence]>([
    ['nothing was lost', log, block],
    [
      'what was never acknowledged is there all the same',
      log,
      { ...block, present: present([], { rows: new Map([...present().rows, ...rowsOf([write(600, 'a')])]) }) },
    ],
    ['the lag explains what was lost', log, { ...asynchronous, present: present([500]) }],
    [
      'a region that was cut off went on acknowledging while its lease lasted',
      [...log, write(640, 'a', { key: 'w/cut' })],
      { ...asynchronous, formers: [former([write(640, 'a', { key: 'w/cut' })])] },
    ],
    [
      'an answer that came in time was read late, because its reader was busy',
      [...log, write(600, 'a', { key: 'w/busy', notBeforeMs: 620, endedAtMs: 800 })],
      { ...asynchronous, formers: [former([write(600, 'a', { key: 'w/busy' })])] },
    ],
    [
      'what the former one committed late was acknowledged to nobody',
      [...log, { ...write(705, 'a', { key: 'w/stray' }), outcome: 'not-acknowledged' }],
      { ...block, formers: [former([write(705, 'a', { key: 'w/stray' })])] },
    ],
    [
      'nobody took over',
      log.filter(({ by }) => by?.region !== 'b'),
      { ...asynchronous, present: former(), formers: [], overAtMs: undefined, explainedSinceMs: undefined },
    ],
  ])('%s', (_, history, evidence) => {
    expect(brokenPromises(history, evidence)).toEqual([]);
  });
});

const late = (more: Partial<Write> = {}) => write(760, 'a', { key: 'w/late', ...more });
const atFrontDoor = { by: undefined, notBeforeMs: 760, way: 'front door, a' };

describe('planted', () => {
  test.each<[string, Write[], Evidence, RegExp]>([
    ['a synchronous write is lost', log, { ...block, present: present([500]) }, /lost: 1: w\/500 .*waited for/],
    [
      'a write is lost that is older than the lag of the elected one',
      log,
      { ...asynchronous, present: present([400, 500]) },
      /lost: 1: w\/400 .*40 ms older than the lag/,
    ],
    [
      'a write is lost although nobody died',
      log,
      { ...asynchronous, explainedSinceMs: undefined, present: present([500]) },
      /lost: 1: w\/500 .*nobody died/,
    ],
    [
      'the new primary loses what it acknowledged itself',
      log,
      { ...block, present: present([900]) },
      /lost: 1: w\/900/,
    ],
    [
      'a write is missing among later ones',
      log,
      { ...asynchronous, explainedSinceMs: 0, present: present([200]) },
      /torn: 1: w\/200/,
    ],
    [
      'a key is acknowledged with two contents',
      [...log, write(700, 'a', { notBeforeMs: 640, content: 'y' })],
      asynchronous,
      /two contents: 1: w\/700: x and y/,
    ],
    [
      'a content is replaced by another one',
      log,
      {
        ...block,
        present: present([], { rows: new Map([...present().rows, ['w/300', { content: 'y', committedAtMs: 304 }]]) }),
      },
      /lost: 1: w\/300/,
    ],
    [
      'the former primary acknowledges after the first write of the new one',
      [...log, late()],
      { ...asynchronous, overAtMs: undefined, formers: [former()] },
      /two writers: after the first write of b: 1: w\/late/,
    ],
    [
      'both hold what the former one acknowledged after that',
      [...log, late()],
      {
        ...block,
        overAtMs: undefined,
        present: present([], { rows: new Map([...present().rows, ...rowsOf([late()])]) }),
      },
      /two writers: after the first write of b: 1: w\/late/,
    ],
    [
      'the former primary acknowledges after its lease, before anybody else does',
      [...log, write(670, 'a')],
      asynchronous,
      /two writers: after the lease was over: 1: w\/670/,
    ],
    [
      'it does so at the front door, where nobody says who answered',
      [...log, late(atFrontDoor)],
      asynchronous,
      /two writers: after the lease was over: 1: w\/late \(front door, a\)/,
    ],
    [
      'only the times of commits tell, because the answer took long',
      [...log, late({ ...atFrontDoor, sentAtMs: 500, notBeforeMs: 500 })],
      { ...asynchronous, overAtMs: undefined, formers: [former([late()])] },
      /two writers: committed in a when b had begun: 1: w\/late/,
    ],
    [
      'writes are acknowledged on a timeline that the new primary did not come from',
      [...log, write(640, 'a', { key: 'w/fork', by: { region: 'a', timeline: 3 } })],
      asynchronous,
      /two histories: on another timeline: 1: w\/fork \(a endpoint, by a\/3\)/,
    ],
    [
      'the former primary ended on such a timeline with acknowledged writes',
      [...log, write(640, 'a', { key: 'w/fork', by: undefined })],
      { ...asynchronous, formers: [former([write(640, 'a', { key: 'w/fork' })], { timeline: 3, ancestors: [1] })] },
      /two histories: a ended on timeline 3, not among 1, 2, with 1: w\/fork/,
    ],
    [
      'two regions write one timeline',
      [...log, write(640, 'a', { key: 'w/both', by: { region: 'a', timeline: 2 } })],
      asynchronous,
      /two writers: timeline 2 was written by b and a/,
    ],
  ])('%s', (_, history, evidence, words) => {
    expect(brokenPromises(history, evidence).join('; ')).toMatch(words);
  });
});

test('an outage is the longest time between two acknowledgements', () => {
  expect(outageMs(log, 550, 10_000)).toBe(200);
});
