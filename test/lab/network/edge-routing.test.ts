import fc from 'fast-check';
import { answeringRecords, chooseRecord } from '../../../lab/network/edge-routing';
import { nextHealth, unproven } from '../../../lab/network/health-state';
import type { EdgeRecord } from '../../../lab/network/network-port';

const healthCheck = { path: '/', intervalSeconds: 1, failureThreshold: 3 };
const record = (region: string, rest: Partial<EdgeRecord>): EdgeRecord => ({
  region,
  routing: 'failover',
  healthCheck,
  targetPort: 1,
  ...rest,
});
const regions = ['a', 'b', 'c'];
const facts = { healthy: () => true, rttMs: () => undefined, random: 0 };

describe('routing', () => {
  it('answers from the primary when nothing is healthy, as Route 53 does', () => {
    const records = [record('b', { failover: 'SECONDARY' }), record('a', { failover: 'PRIMARY' })];
    expect(answeringRecords(records, () => false).map(({ region }) => region)).toEqual(['a']);
  });

  it('has no answer for a hostname without records', () => {
    expect(chooseRecord([], facts)).toBeUndefined();
  });

  it('follows weights', () => {
    const records = [record('a', { routing: 'weighted', weight: 3 }), record('b', { routing: 'weighted', weight: 1 })];
    const chosen = [0, 0.5, 0.74, 0.76, 0.99].map((random) => chooseRecord(records, { ...facts, random })?.region);
    expect(chosen).toEqual(['a', 'a', 'a', 'b', 'b']);
  });

  it('never chooses an unhealthy region while another one is healthy', () => {
    const policies = fc.constantFrom('latency' as const, 'failover' as const, 'weighted' as const, 'geo' as const);
    const draw = fc.record({
      routing: policies,
      well: fc.subarray(regions, { minLength: 1 }),
      weights: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 3, maxLength: 3 }),
      rtts: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 3, maxLength: 3 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(draw, ({ routing, well, weights, rtts, random }) => {
        const records = regions.map((region, index) => record(region, { routing, weight: weights[index] }));
        const rttMs = (region: string) => rtts[regions.indexOf(region)];
        const chosen = chooseRecord(records, { healthy: (region) => well.includes(region), rttMs, random });
        expect(well).toContain(chosen?.region);
      }),
    );
  });
});

describe('health', () => {
  const at = (second: number) => new Date(second * 1000).toISOString();

  it('is proven by one success and lost after the threshold', () => {
    let state = unproven(at(0));
    const check = (second: number, passed: boolean) => {
      state = nextHealth(state, { passed, at: at(second), failureThreshold: 3 });
      return state.healthy;
    };
    expect(check(1, false)).toBe(false);
    expect(check(2, true)).toBe(true);
    expect([check(3, false), check(4, false), check(5, true), check(6, false), check(7, false)]).not.toContain(false);
    expect(state).toEqual({ healthy: true, since: at(2), consecutiveFailures: 2 });
    expect(check(8, false)).toBe(false);
    expect(state).toEqual({ healthy: false, since: at(8), consecutiveFailures: 3 });
  });
});
