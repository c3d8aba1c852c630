import fc from 'fast-check';
import type { ServiceLook } from '../../../contracts/region-observation';
import { afterCheck, type Breaker, CLOSED_BREAKER } from '../../../policies/health/breaker';
import { checkInterval, intervalProblem } from '../../../policies/health/check-interval';
import { checkOutcome } from '../../../policies/health/check-outcome';
import { failoverChain } from '../../../policies/health/failover-chain';
import { baselineMs, type LatencyWindow, latencyState, withSample } from '../../../policies/health/latency-baseline';
import { alertLevel, overallHealth, settle } from '../../../policies/health/levels';
import { scoreCompute, scoreDatabases, scoreReplication, scoreTraffic } from '../../../policies/health/scores';

const score = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined });
const looks = fc.record({ compute: score, database: score, replication: score, traffic: score }).map((scores) =>
  Object.entries(scores).map(
    ([service, one]): ServiceLook => ({
      service: service as ServiceLook['service'],
      detail: '',
      ...(one !== undefined && { score: one }),
    }),
  ),
);
const BADNESS = { green: 0, unknown: 0, yellow: 1, red: 2 };
const tasks = (tasksHealthy: number, tasksWanted: number, healthy = tasksHealthy >= tasksWanted) => ({
  ...{ region: 'eu-west-1', service: 'api', detail: '', healthy },
  ...{ tasksHealthy, tasksWanted },
});
const copy = (lagMs: number | undefined, reachable = true) => ({
  ...{ region: 'us-east-1', store: 'orders', role: 'standby' as const, reachable, lagThresholdMs: 1_000 },
  ...(lagMs !== undefined && { lagMs }),
});

describe('scores', () => {
  it('compute is the share of the worst service; a region that says no is 0, one that is silent has no score', () => {
    expect(scoreCompute([tasks(2, 2), { ...tasks(1, 2), service: 'web' }])).toMatchObject({ score: 50 });
    expect(scoreCompute([tasks(2, 2, false)])).toMatchObject({ score: 0 });
    expect(scoreCompute([])).not.toHaveProperty('score');
    expect(scoreTraffic([], 'eu-west-1')).not.toHaveProperty('score');
    expect(scoreDatabases([])).not.toHaveProperty('score');
  });

  it('a copy falls in proportion to its lag, and is worth nothing after five minutes', () => {
    expect([1_000, 2_000, 10_000, 299_000, 300_000].map((lagMs) => scoreReplication([copy(lagMs)])?.score)).toEqual([
      100, 50, 10, 0, 0,
    ]);
    expect(scoreReplication([copy(undefined)])).not.toHaveProperty('score');
    expect(scoreReplication([copy(0), copy(undefined)])).not.toHaveProperty('score');
    expect(scoreReplication([copy(undefined), copy(undefined, false)])?.score).toBe(0);
    expect(scoreReplication([{ ...copy(0), role: 'primary' }])).toBeUndefined();
  });

  it('more tasks and less lag never score lower', () => {
    const count = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 20 }), (a, b, wanted) => {
        const [fewer, more] = [Math.min(a, b), Math.max(a, b)].map((n) => scoreCompute([tasks(n, wanted)]).score ?? -1);
        return (fewer ?? 0) <= (more ?? 0);
      }),
    );
    const lag = fc.integer({ min: 0, max: 400_000 });
    fc.assert(
      fc.property(lag, lag, (a, b) => {
        const [less, longer] = [Math.min(a, b), Math.max(a, b)].map((ms) => scoreReplication([copy(ms)])?.score ?? -1);
        return (less ?? 0) >= (longer ?? 0);
      }),
    );
  });

  it('a better service never makes a region worse, and never turns a good check into a failed one', () => {
    fc.assert(
      fc.property(looks, fc.nat({ max: 3 }), fc.integer({ min: 0, max: 100 }), (before, index, gain) => {
        const after = before.map((one, i) =>
          i === index && one.score !== undefined ? { ...one, score: Math.min(100, one.score + gain) } : one,
        );
        expect(overallHealth(after) ?? 0).toBeGreaterThanOrEqual(overallHealth(before) ?? 0);
        expect(BADNESS[alertLevel(after, 95)]).toBeLessThanOrEqual(BADNESS[alertLevel(before, 95)]);
        if (checkOutcome(before) !== 'failed') expect(checkOutcome(after)).not.toBe('failed');
      }),
    );
  });

  it('what is not seen is neither good nor bad: it fails no check, and nothing is green without it', () => {
    fc.assert(
      fc.property(looks, fc.subarray([0, 1, 2, 3], { minLength: 1 }), (before, hidden) => {
        const after = before.map(({ score: known, ...one }, i) =>
          hidden.includes(i) || known === undefined ? one : { ...one, score: known },
        );
        if (checkOutcome(before) !== 'failed') expect(checkOutcome(after)).not.toBe('failed');
        expect(alertLevel(after, 95)).not.toBe('green');
        const [worst, best] = [0, 100].map((fill) => overallHealth(after.map((one) => ({ score: fill, ...one }))));
        const overall = overallHealth(after);
        if (overall === undefined) return;
        expect(overall).toBeGreaterThanOrEqual(worst ?? 0);
        expect(overall).toBeLessThanOrEqual(best ?? 100);
      }),
    );
  });

  it('one witness is no witness: two vantage points must see a region down', () => {
    const outcome = (compute?: number, database?: number, traffic?: number) =>
      checkOutcome(
        Object.entries({ compute, database, traffic }).map(([service, one]) => ({
          ...{ service: service as ServiceLook['service'], detail: '' },
          ...(one !== undefined && { score: one }),
        })),
      );
    expect(outcome(0, undefined, undefined)).toBe('unknown');
    expect(outcome(undefined, undefined, undefined)).toBe('unknown');
    expect(outcome(0, undefined, 0)).toBe('failed');
    expect(outcome(0, 100, 0)).toBe('failed');
    expect(outcome(0, 100, undefined)).toBe('ok');
    expect(outcome(100, 0, 100)).toBe('ok');
  });
});

describe('colours', () => {
  it('get worse at once, better after three checks in a row, and do not move while nothing is seen', () => {
    let state = settle({ level: 'green', calm: 0 }, 'red');
    expect(state.level).toBe('red');
    for (const look of ['green', 'green', 'unknown'] as const) state = settle(state, look);
    expect(state.level).toBe('red');
    expect(settle(state, 'green').level).toBe('green');
    expect(settle(settle(state, 'red'), 'green').level).toBe('red');
    expect(settle({ level: 'green', calm: 0 }, 'unknown').level).toBe('unknown');
  });
});

describe('breaker', () => {
  const run = (outcomes: string, limit: number, stepMs = 30_000) =>
    [...outcomes].reduce<Breaker>(
      (breaker, letter, index) =>
        afterCheck(breaker, letter === 'x' ? 'failed' : letter === '?' ? 'unknown' : 'ok', limit, index * stepMs),
      CLOSED_BREAKER,
    ).state;

  it.each([
    ['xx', 3, 'closed'],
    ['xxx', 3, 'open'],
    ['xx.xx', 3, 'closed'],
    ['xx?x', 3, 'open'],
    ['xxxx', 5, 'closed'],
    ['xxxxx', 5, 'open'],
    ['xxx.', 3, 'open'],
    ['xxx...', 3, 'closed'],
    ['xxx??x', 3, 'open'],
    ['???????', 3, 'closed'],
    ['xxx???', 3, 'half-open'],
  ])('after %s with a limit of %s it is %s', (outcomes, limit, state) => {
    expect(run(outcomes, limit)).toBe(state);
  });
});

describe('latency', () => {
  const measured = (values: number[], from = 'london') =>
    values.reduce<LatencyWindow>((window, ms, i) => withSample(window, { atMs: i * 300_000, ms, from }), {
      normal: [],
    });

  it('is degraded at 1.5 times what is normal, and a spike at 3 times for 300 s', () => {
    expect(latencyState(measured([20, 20]))).toBeUndefined();
    expect(latencyState(measured([20, 20, 20, 29]))).toBe('normal');
    expect(latencyState(measured([20, 20, 20, 30]))).toBe('degraded');
    expect(latencyState(measured([20, 20, 20, 60]))).toBe('degraded');
    expect(latencyState(measured([20, 20, 20, 60, 61]))).toBe('spike');
    expect(latencyState(measured([20, 20, 20, 60, 40, 61]))).toBe('degraded');
  });

  it('that stays bad does not become normal, and other users are nothing to compare with', () => {
    expect(baselineMs(measured([20, 20, 20, ...Array.from({ length: 50 }, () => 90)]))).toBe(20);
    const moved = withSample(measured([20, 20, 20]), { atMs: 9e6, ms: 300, from: 'london sydney' });
    expect(latencyState(moved)).toBeUndefined();
  });
});

describe('intervals', () => {
  it('are those of the ranks; shorter where only checks can keep the recovery time, refused where none can', () => {
    const without = { leases: false };
    expect([0, 1, 2, 7].map((rank) => checkInterval(rank, { rtoSeconds: 600, ...without }).seconds)).toEqual([
      30, 60, 120, 120,
    ]);
    expect(checkInterval(0, { rtoSeconds: 60, ...without })).toEqual({ seconds: 10 });
    expect(checkInterval(0, { rtoSeconds: 15, leases: true })).toEqual({ seconds: 30 });
    expect(checkInterval(0, { rtoSeconds: 15, ...without }).problem).toMatch(/valid is an rto of at least 30 s/);
    expect(intervalProblem(30, 60)).toMatch(
      /check interval 30 s: 3 failed checks take 90 s, and an rto of 60 s leaves 30 s for them; valid are 5 to 10 s/,
    );
  });

  it('that are not refused leave half of the recovery time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 3_600 }), (seconds, rtoSeconds) => {
        expect(intervalProblem(seconds, rtoSeconds) === undefined).toBe(seconds >= 5 && 6 * seconds <= rtoSeconds);
      }),
    );
  });
});

describe('the chain of a failover', () => {
  const place = (region: string, role: 'standby' | 'replica' | 'active' = 'standby') => ({ region, role });

  it('keeps the order of the plan and leaves out who is outside, or only read', () => {
    const regions = [
      place('eu-west-1', 'active'),
      place('us-east-1'),
      place('eu-central-1'),
      place('eu-north-1', 'replica'),
    ];
    expect(failoverChain(regions, 'eu-west-1', ['eu'])).toEqual({ chain: ['eu-central-1'] });
    expect(failoverChain(regions, 'eu-west-1', [])).toEqual({ chain: ['us-east-1', 'eu-central-1'] });
  });

  it('that is empty is said; one region alone was asked for', () => {
    expect(failoverChain([place('eu-west-1'), place('us-east-1')], 'eu-west-1', ['eu']).problem).toBe(
      'when eu-west-1 is lost nobody may take over: us-east-1 is outside eu; valid is a second region in eu that may become the primary',
    );
    expect(failoverChain([place('eu-west-1'), place('eu-north-1', 'replica')], 'eu-west-1', []).problem).toMatch(
      /eu-north-1 is a replica; valid is a standby/,
    );
    expect(failoverChain([place('eu-west-1')], 'eu-west-1', ['eu'])).toEqual({ chain: [] });
  });
});
