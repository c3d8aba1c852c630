import { type DrillFacts, drillResult } from '../../../workflows/steps/drill-result';

const TARGETS = { rtoSeconds: 10, rpoSeconds: 5, mode: 'asynchronous' } as const;

function facts(change: Partial<DrillFacts['loss']> = {}, detectMs = 2_000): DrillFacts {
  return {
    class: 'region-loss',
    region: 'us-east-1',
    promoted: 'eu-west-1',
    phases: [
      { phase: 'detect', ms: detectMs },
      { phase: 'promote', ms: 300 },
      { phase: 'verify', ms: 200 },
    ],
    fence: {
      kind: 'processes-gone',
      region: 'us-east-1',
      epoch: 2,
      at: '2026-01-01T00:00:00Z',
      detail: 'no pid is left',
    },
    firstWriteMs: 2_400,
    protectedAgainMs: 9_000,
    reportedLagMs: 40,
    loss: { acknowledged: 100, kept: 20, lost: [], rpoMs: 0, unexplained: [], ...change },
  };
}

describe('drill result', () => {
  it('passes when recovery and loss are within what was asked', () => {
    const result = drillResult(facts({ lost: [99, 100], rpoMs: 60 }), TARGETS);
    expect(result).toMatchObject({ passed: true, rtoMs: 2_500, acknowledgedWritesLost: 2, rpoMs: 60 });
  });

  it.each([
    ['recovery took too long', facts({}, 11_000), 'asynchronous', /recovery took 11500 ms, 10 s were asked for/],
    [
      'lost writes are too old',
      facts({ lost: [1], rpoMs: 6_000 }),
      'asynchronous',
      /up to 6000 ms old, 5 s were allowed/,
    ],
    [
      'synchronous replication lost one',
      facts({ lost: [100], rpoMs: 10 }),
      'synchronous',
      /synchronous replication lost 1/,
    ],
    ['a hole cannot be lag', facts({ lost: [20], rpoMs: 100, unexplained: [20] }), 'asynchronous', /never durable/],
    ['the new primary holds nothing new', facts({ kept: 0 }), 'asynchronous', /nothing was proven/],
  ] as const)('fails when %s', (_name, given, mode, why) => {
    const result = drillResult(given, { ...TARGETS, mode });
    expect(result.passed).toBe(false);
    expect(result.why).toMatch(why);
  });
});
