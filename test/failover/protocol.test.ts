import fc from 'fast-check';
import { DEFAULT_TIMING, serveMs, timingProblem } from '../../failover/protocol/timing';
import { type Fault, historyProblems, type PlantedBug, play, type Script } from './simulation';

const REGIONS = ['a', 'b', 'c'];

const fault: fc.Arbitrary<Fault> = fc.record({
  at: fc.integer({ min: 1_000, max: 20_000 }),
  region: fc.constantFrom(...REGIONS),
  kind: fc.constantFrom('frozen', 'cut off', 'database', 'killed', 'hand-over'),
  lasts: fc.integer({ min: 100, max: 9_000 }),
});

/** Clocks at their worst, messages that are late, out of order or lost, up to four faults. */
const script: fc.Arbitrary<Script> = fc
  .record({
    rates: fc.array(fc.constantFrom(1 - DEFAULT_TIMING.drift, 1, 1 + DEFAULT_TIMING.drift), {
      minLength: 6,
      maxLength: 6,
    }),
    faults: fc.array(fault, { maxLength: 4 }),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    slow: fc.constantFrom(5, 60, 900, 8_000),
    loss: fc.constantFrom(0, 0.05, 0.3),
    synchronous: fc.boolean(),
  })
  .map(({ rates, faults, seed, slow, loss, synchronous }) => ({
    synchronous,
    timing: DEFAULT_TIMING,
    regions: REGIONS,
    rates,
    faults,
    delay: delays(seed, slow, loss),
    untilMs: 30_000,
  }));

/** Where little mistakes in counting show: the holder's clock is slow, the others' fast, and it is cut off or stands still. */
const harsh: fc.Arbitrary<Script> = fc
  .record({
    one: script,
    at: fc.integer({ min: 1_500, max: 9_000 }),
    kind: fc.constantFrom<Fault['kind']>('cut off', 'frozen'),
    lasts: fc.integer({ min: 2_000, max: 9_000 }),
  })
  .map(({ one, at, kind, lasts }) => {
    const [slow, fast] = [1 - DEFAULT_TIMING.drift, 1 + DEFAULT_TIMING.drift];
    const faults: Fault[] = [{ at, region: 'a', kind, lasts }];
    return { ...one, synchronous: false, rates: [slow, slow, slow, fast, fast, fast], faults };
  });

/** Reproducible: the same seed gives the same network. */
function delays(seed: number, slow: number, loss: number): () => number | undefined {
  let state = seed;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return () => (random() < loss ? undefined : 1 + random() * (random() < 0.1 ? slow : 5));
}

const calm = (faults: Fault[], seed = 7): Script => ({
  synchronous: true,
  timing: DEFAULT_TIMING,
  regions: REGIONS,
  rates: [1, 1, 1, 1, 1, 1],
  faults,
  delay: delays(seed, 5, 0),
  untilMs: 20_000,
});

describe('timing', () => {
  it('stops serving before anybody may take over, however the clocks run', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 60_000 }),
        fc.double({ min: 0, max: 0.09, noNaN: true }),
        (leaseMs, drift) => {
          const timing = { ...DEFAULT_TIMING, leaseMs, drift };
          const servedAtMost = (serveMs(timing) + timing.killMs) / (1 - drift);
          const waitedAtLeast = leaseMs / (1 + drift);
          expect(servedAtMost).toBeLessThanOrEqual(waitedAtLeast + 1e-6);
        },
      ),
    );
  });

  it('is refused where two lost renewals would end the lease', () => {
    expect(timingProblem(DEFAULT_TIMING)).toBeUndefined();
    expect(timingProblem({ ...DEFAULT_TIMING, leaseMs: 1_500 })).toMatch(/three renewals/);
    expect(timingProblem({ ...DEFAULT_TIMING, drift: 0.5 })).toMatch(/valid is 0 up to 0.1/);
  });
});

describe('the protocol', () => {
  it('never has two writers, and epochs never go back: clocks, networks and faults at their worst', () => {
    fc.assert(
      fc.property(script, (one) => {
        const { acks, lost } = play(one);
        expect([...historyProblems(acks), ...lost]).toEqual([]);
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it.each<[Fault['kind'], number]>([
    ['killed', 0],
    ['frozen', 8_000],
    ['cut off', 8_000],
  ])('takes a region over that is %s, between the lease and two seconds more', (kind, lasts) => {
    for (let seed = 1; seed <= 20; seed++) {
      const at = 5_000 + 37 * seed;
      const { acks } = play(calm([{ at, region: 'a', kind, lasts }], seed));
      const before = acks.findLast(({ region }) => region === 'a');
      const after = acks.find(({ region, at: then }) => region !== 'a' && then > at);
      const outage = (after?.at ?? Number.POSITIVE_INFINITY) - Math.min(before?.at ?? 0, at);
      expect(outage).toBeGreaterThan(1_500);
      expect(outage).toBeLessThanOrEqual(DEFAULT_TIMING.leaseMs + 2_000);
    }
  });

  it('takes over within a second when the keeper lives and says that the database is gone', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const at = 5_000 + 37 * seed;
      const { acks } = play(calm([{ at, region: 'a', kind: 'database', lasts: 0 }], seed));
      const after = acks.find(({ region, at: then }) => region !== 'a' && then > at);
      expect((after?.at ?? Number.POSITIVE_INFINITY) - at).toBeLessThanOrEqual(1_000);
    }
  });

  it('hands over as planned within half a second, and loses nothing', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const at = 5_000 + 37 * seed;
      const { acks, lost } = play(calm([{ at, region: 'b', kind: 'hand-over', lasts: 0 }], seed));
      const after = acks.find(({ region }) => region === 'b');
      const before = acks.findLast(({ region }) => region === 'a');
      expect((after?.at ?? Number.POSITIVE_INFINITY) - (before?.at ?? 0)).toBeLessThanOrEqual(500);
      expect(lost).toEqual([]);
    }
  });

  it.each<PlantedBug>([
    'counts from the answer',
    'serves as long as others wait',
    'takes over early',
    'one sentinel is enough and does not wait',
    'renews a lease of somebody else',
    'serves before the proof',
    'clock stops while frozen',
    'unknown counts as renewed',
    'store compares when asked and writes later',
    'looks at its lease only when it ticks',
    'keeps its epoch',
    'asks the standbys before the lease is over',
    'elects without seeing enough standbys',
    'hands over before its database is gone',
    'serves again after it handed over',
  ])('would be caught: it %s', (bug) => {
    const found = fc.check(
      fc.property(fc.oneof(script, harsh), (one) => {
        const { acks, lost } = play({ ...one, bug });
        return historyProblems(acks).length + lost.length === 0;
      }),
      { numRuns: 2_000 },
    );
    expect(found.failed).toBe(true);
  });
});
