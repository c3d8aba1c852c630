import fc from 'fast-check';
import { emptyRecord } from '../../../contracts/record';
import { drillRows } from '../../../policies/drills/drill-rows';
import { longestPauseMs } from '../../../policies/drills/longest-pause';
import { staleDrill } from '../../../policies/drills/stale-drill';
import { tierOfDrill } from '../../../policies/drills/tier-of-drill';

const NOW = Date.parse('2026-11-21T00:00:00Z');
const daysAgo = (days: number) => new Date(NOW - days * 86_400_000).toISOString();
const live = {
  replication: { stores: [{ engine: 'postgresql', replicas: ['eu-west-1'], readers: [] }] },
} as unknown as NonNullable<ReturnType<typeof emptyRecord>['live']>;
const request = {
  environment: 'production',
  platform: 'lab',
  recovery: { rtoSeconds: 60, rpoSeconds: 5 },
} as Parameters<typeof staleDrill>[1];
const drill = (days: number, more: object = {}) => ({
  at: daysAgo(days),
  generation: 1,
  rtoMs: 900,
  passed: true,
  ...more,
});
const stale = (drills: ReturnType<typeof drill>[], change: object = {}) =>
  staleDrill({ ...emptyRecord('orders', 'production'), live, drills }, { ...request, ...change }, NOW);

describe('a production change', () => {
  it('goes on after a recent failover drill, and names drill and command otherwise', () => {
    expect(stale([drill(34)])).toBeUndefined();
    expect(stale([drill(36)])).toContain('(region-loss) was on 2026-10-16');
    expect(stale([drill(36)])).toContain('"meridian drill orders/production region-loss"');
    expect(stale([])).toContain('no failover drill has passed');
  });

  it('does not count drills that failed or that replaced no primary', () => {
    expect(stale([drill(1, { passed: false })])).toBeDefined();
    expect(stale([drill(1, { kind: 'slow-link' })])).toBeDefined();
    expect(stale([drill(1, { kind: 'switchover' })])).toBeDefined();
    expect(stale([drill(1, { kind: 'freeze' })])).toBeUndefined();
  });

  it('is held to what the request says, and only where a drill can be held', () => {
    const asked = (drillMaxAgeDays: number) => ({ recovery: { ...request.recovery, drillMaxAgeDays } });
    expect(stale([drill(3)], asked(2))).toContain('within 2 days');
    expect(stale([drill(300)], asked(3_650))).toBeUndefined();
    expect(stale([], { environment: 'staging' })).toBeUndefined();
    expect(stale([], { platform: 'aws' })).toBeUndefined();
  });
});

describe('the longest pause', () => {
  const entry = (endedAtMs: number, outcome: 'acknowledged' | 'refused' = 'acknowledged') => ({
    seq: endedAtMs,
    sentAtMs: endedAtMs - 5,
    endedAtMs,
    outcome,
  });

  it('is the largest gap between acknowledgements that touches the time after the fault', () => {
    expect(
      longestPauseMs(
        [100, 150, 900, 950].map((ms) => entry(ms)),
        160,
      ),
    ).toBe(750);
    // the gap before the fault is none of its doing
    expect(
      longestPauseMs(
        [100, 900, 950, 1_000].map((ms) => entry(ms)),
        940,
      ),
    ).toBe(50);
  });

  it('counts a stream that never came back to the end of the log', () => {
    expect(longestPauseMs([entry(100), entry(5_000, 'refused')], 110)).toBe(4_900);
  });

  it('is never longer than the log, and no shorter without one of its acknowledgements', () => {
    const times = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 2 });
    fc.assert(
      fc.property(times, fc.nat(), (all, index) => {
        const log = [...all].sort((a, b) => a - b).map((ms) => entry(ms));
        const longest = longestPauseMs(log, 0);
        expect(longest).toBeLessThanOrEqual(Math.max(...all));
        const without = log.map((one, at) =>
          at === index % log.length ? { ...one, outcome: 'refused' as const } : one,
        );
        expect(longestPauseMs(without, 0)).toBeGreaterThanOrEqual(longest);
      }),
    );
  });
});

it('a tier is kept only with both figures; a loss that was not counted keeps none', () => {
  expect(tierOfDrill('database-loss', { rtoMs: 15_000, rpoMs: 1_000 })).toMatchObject({ rtoMs: 15_000, kept: true });
  expect(tierOfDrill('database-loss', { rtoMs: 15_001, rpoMs: 0 }).kept).toBe(false);
  expect(tierOfDrill('partition', { rtoMs: 30_000, rpoMs: 5_000 }).kept).toBe(true);
  expect(tierOfDrill('switchover', { rtoMs: 60_001, rpoMs: 0 }).kept).toBe(false);
  expect(tierOfDrill('freeze', { rtoMs: 1 }).kept).toBe(false);
});

it('a trend compares with the last of the same kind, when both passed', () => {
  const rows = drillRows([
    drill(5, { rtoMs: 4_000 }),
    drill(4, { kind: 'freeze', rtoMs: 9_000 }),
    drill(3, { kind: 'region-loss', rtoMs: 3_000 }),
    drill(2, { kind: 'region-loss', rtoMs: 60_000, passed: false }),
    drill(1, { kind: 'region-loss', rtoMs: 2_000 }),
  ]);
  expect(rows.map(({ rtoChangeMs }) => rtoChangeMs)).toEqual([undefined, undefined, -1_000, undefined, undefined]);
});
