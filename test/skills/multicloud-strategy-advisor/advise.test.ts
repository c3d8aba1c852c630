import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { USER_AREAS } from '../../../catalog/areas';
import { isInside, JURISDICTIONS } from '../../../catalog/jurisdictions';
import { REGION_IDS } from '../../../catalog/regions';
import { adviceSchema } from '../../../contracts/topology';
import { adviceProblems } from '../../../policies/advice-problems';
import { topologyViolations } from '../../../policies/topology-violations';
import { mermaidDiagram } from '../../../skills/multicloud-strategy-advisor/mermaid-diagram';
import { advise, rankByRules } from '../../../skills/multicloud-strategy-advisor/skill';
import { sampleRequest } from '../../policies/sample-request';

const eventual = [{ name: 'orders', engine: 'postgresql', consistency: 'eventual' }];
const stateless = { services: [{ name: 'api', image: 'x:1' }], dataStores: [] };
const worldwide = [{ area: 'worldwide', share: 100 }];

describe('regions that are wanted', () => {
  const wanted = ['us-east-1', 'eu-west-1', 'ap-southeast-1'];
  const request = sampleRequest({ regions: { wanted }, dataStores: eventual });

  test('are taken exactly; anything else is shown only to compare, with the rule it breaks', () => {
    const { candidates } = advise(request);
    for (const { regions, violations } of candidates) {
      const exact = [...regions.map(({ region }) => region)].sort().join() === [...wanted].sort().join();
      expect(violations.some((sentence) => sentence.startsWith('regions: the request wants exactly'))).toBe(!exact);
    }
    expect(rankByRules({ candidates, singleRegionUsdPerMonth: 0, rejected: [] })?.regions).toHaveLength(3);
  });

  test('get the primary where users write fastest', () => {
    expect(rankByRules(advise(request))?.regions[0]).toMatchObject({ region: 'us-east-1', role: 'primary' });
    const inAsia = sampleRequest({
      regions: { wanted },
      dataStores: eventual,
      users: [{ area: 'south-east-asia', share: 100 }],
    });
    expect(rankByRules(advise(inAsia))?.regions[0]).toMatchObject({ region: 'ap-southeast-1', role: 'primary' });
  });

  test('prefer a primary with three zones', () => {
    const west = sampleRequest({
      regions: { wanted: ['us-west-1', 'us-west-2'] },
      users: [{ area: 'north-america', share: 100 }],
    });
    expect(rankByRules(advise(west))?.regions[0]?.region).toBe('us-west-2');
  });

  test('leave the other regions rejected, each with a reason', () => {
    const { rejected } = advise(request);
    expect(rejected).toHaveLength(REGION_IDS.length - 3);
    for (const { why } of rejected) expect(why).toMatch(/^not wanted: the request asks for exactly/);
  });
});

describe('data decides mode and routing', () => {
  const best = (changes: Record<string, unknown>) => rankByRules(advise(sampleRequest(changes)));

  test('strong consistency answers at the primary: failover records', () => {
    expect(best({})).toMatchObject({ mode: 'active-passive', routing: 'failover' });
  });

  test('eventual consistency reads where users are: latency records', () => {
    expect(best({ dataStores: eventual })).toMatchObject({ mode: 'active-passive', routing: 'latency' });
  });

  test('read replicas make one standby, the others replicas', () => {
    const replicas = best({
      dataStores: [{ ...eventual[0], strategy: 'read-replicas' }],
      regions: { wanted: ['us-east-1', 'eu-west-1', 'ap-southeast-1'] },
    });
    expect(replicas?.mode).toBe('read-local');
    expect(replicas?.regions.map(({ role }) => role)).toEqual(['primary', 'standby', 'replica']);
  });

  test('no data at all may serve in full everywhere, if the budget allows it', () => {
    const { candidates, singleRegionUsdPerMonth } = advise(
      sampleRequest({ ...stateless, budget: { usdPerMonth: 1_000 } }),
    );
    expect(candidates.some(({ mode, violations }) => mode === 'active-active' && violations.length === 0)).toBe(true);
    const tight = advise(sampleRequest({ ...stateless, budget: { usdPerMonth: 2 * singleRegionUsdPerMonth - 1 } }));
    for (const { mode, violations } of tight.candidates) {
      if (mode === 'active-active') expect(violations).not.toEqual([]);
    }
  });
});

describe('latency', () => {
  test('of writes is that of reads plus the way from the nearest region to the primary', () => {
    const of = (operation: string) =>
      advise(
        sampleRequest({
          dataStores: eventual,
          regions: { wanted: ['us-east-1', 'eu-west-1'] },
          latency: { underMs: 400, of: operation },
        }),
      ).candidates.find(({ routing }) => routing === 'latency')!.latency.modelledMs;
    expect(of('write')).toBeGreaterThan(of('read') + 40);
  });

  test('of the three reference regions reaches 95 percent of a worldwide population in about what the catalog’s notes say', () => {
    const request = sampleRequest({
      users: worldwide,
      dataStores: eventual,
      regions: { wanted: ['us-east-1', 'eu-west-1', 'ap-southeast-1'] },
    });
    const [best] = advise(request).candidates;
    expect(best!.latency.modelledMs).toBeGreaterThan(100);
    expect(best!.latency.modelledMs).toBeLessThan(150);
  });

  test('under 50 ms for the whole world is out of reach, and the best that can be had is named', () => {
    const request = sampleRequest({
      users: worldwide,
      dataStores: eventual,
      latency: { underMs: 40 },
      budget: { usdPerMonth: 50_000 },
      regions: { max: 12 },
    });
    const advice = advise(request);
    expect(rankByRules(advice)).toBeUndefined();
    const [problem] = adviceProblems(request, advice);
    expect(problem).toMatchObject({ field: 'latency.underMs', received: '40 (95 % of reads)' });
    const least = Number(/^at least (\d+)/.exec(problem!.valid)?.[1]);
    const enough = sampleRequest({
      users: worldwide,
      dataStores: eventual,
      latency: { underMs: least },
      budget: { usdPerMonth: 50_000 },
      regions: { max: 12 },
    });
    expect(rankByRules(advise(enough))).toBeDefined();
  });

  test('under 50 ms on two continents takes at least five regions', () => {
    const users = [
      { area: 'north-america', share: 50 },
      { area: 'europe', share: 50 },
    ];
    const tight = {
      users,
      dataStores: eventual,
      latency: { percentile: 60, underMs: 45 },
      budget: { usdPerMonth: 5_000 },
    };
    expect(rankByRules(advise(sampleRequest(tight)))?.regions.length).toBeGreaterThanOrEqual(5);
    const four = sampleRequest({ ...tight, regions: { max: 4 } });
    expect(adviceProblems(four, advise(four))).toContainEqual({
      field: 'regions.max',
      received: '4',
      valid: 'at least 5 regions for under 45 ms on 2 continents',
    });
  });
});

describe('cost', () => {
  test('is the sum of its lines, each with a basis', () => {
    for (const { cost } of advise(sampleRequest()).candidates) {
      expect(cost.lines.reduce((sum, line) => sum + line.usdPerMonth, 0)).toBeCloseTo(cost.usdPerMonth, 2);
      for (const line of cost.lines) expect(['verified', 'estimated']).toContain(line.basis);
    }
  });

  test('in us-east-1 follows from its list prices', () => {
    const [only] = advise(sampleRequest({ regions: { wanted: ['us-east-1'] } })).candidates;
    const of = (item: string) => only!.cost.lines.find((line) => line.item === item);
    expect(of('Fargate api')).toMatchObject({
      usdPerMonth: 18.02,
      basis: 'verified',
      quantity: '2 × 0.25 vCPU, 0.5 GB',
    });
    expect(of('RDS orders')).toMatchObject({ usdPerMonth: 23.36, basis: 'verified' });
    expect(of('NAT gateway')).toMatchObject({ usdPerMonth: 32.85, basis: 'verified' });
    expect(of('transfer to the internet')).toMatchObject({ usdPerMonth: 9, basis: 'estimated' });
  });

  test('of a standby is that of half the tasks, rounded up, and production pays for two zones and a gateway per zone', () => {
    const request = sampleRequest({
      environment: 'production',
      services: [{ name: 'api', image: 'x:1', tasks: 3 }],
      regions: { wanted: ['us-east-1', 'eu-west-1'] },
    });
    const [best] = advise(request).candidates;
    const quantity = (region: string, item: string) =>
      best!.cost.lines.find((line) => line.region === region && line.item === item)?.quantity;
    expect(quantity('us-east-1', 'Fargate api')).toMatch(/^3 ×/);
    expect(quantity('eu-west-1', 'Fargate api')).toMatch(/^2 ×/);
    expect(quantity('us-east-1', 'RDS orders')).toBe('1 × db.t4g.small, two zones');
    expect(quantity('eu-west-1', 'RDS orders')).toBe('1 × db.t4g.small');
    expect(quantity('us-east-1', 'NAT gateway')).toBe('3');
  });

  test('out of reach is told with the budget that would do', () => {
    const small = sampleRequest({ budget: { usdPerMonth: 100 } });
    const [problem] = adviceProblems(small, advise(small));
    expect(problem).toMatchObject({ field: 'budget.usdPerMonth', received: '100' });
    // the sum that it names is the one that it asks for
    expect(problem!.valid.replaceAll(',', '')).toMatch(/^at least (\d+): .* costs \$\1 a month$/);
    const enough = sampleRequest({ budget: { usdPerMonth: Number(/^at least (\d+)/.exec(problem!.valid)?.[1]) } });
    expect(rankByRules(advise(enough))).toBeDefined();
  });
});

/** Draws diagrams as text. In a process of its own: the renderer is an ES module, which jest does not load. */
function drawn(diagrams: string[]): string[] {
  const script = `import { renderMermaidASCII } from 'beautiful-mermaid';
    import { readFileSync } from 'node:fs';
    const diagrams = JSON.parse(readFileSync(0, 'utf8'));
    console.log(JSON.stringify(diagrams.map((diagram) => renderMermaidASCII(diagram))));`;
  const input = JSON.stringify(diagrams);
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { input, encoding: 'utf8' }));
}

test('the diagram of every candidate can be drawn, with every region and its role', () => {
  const changes = [
    {},
    { dataStores: eventual },
    { ...stateless, budget: { usdPerMonth: 5_000 } },
    { routing: 'weighted' },
  ];
  const candidates = changes.flatMap((change) => advise(sampleRequest(change)).candidates);
  const pictures = drawn(candidates.map((one) => mermaidDiagram({ ...one, primary: one.regions[0]!.region })));
  for (const [index, { regions }] of candidates.entries()) {
    for (const { region, role } of regions) expect(pictures[index]).toContain(`${region}: ${role}`);
  }
});

test('advice takes less than 100 ms of processor time, also with 12 regions and users everywhere', () => {
  const users = USER_AREAS.filter((area) => area !== 'worldwide').map((area) => ({
    area,
    share: 100 / (USER_AREAS.length - 1),
  }));
  const request = sampleRequest({ users, dataStores: eventual, latency: { underMs: 100 }, regions: { max: 12 } });
  advise(request);
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    advise(request);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  });
  expect(Math.min(...times)).toBeLessThan(100);
});

const shares = fc
  .uniqueArray(fc.constantFrom(...USER_AREAS), { minLength: 1, maxLength: 4 })
  .map((areas) => areas.map((area) => ({ area, share: 100 / areas.length })));

const anyRequest = fc
  .record({
    users: shares,
    latency: fc.record({
      underMs: fc.integer({ min: 20, max: 400 }),
      percentile: fc.integer({ min: 50, max: 99 }),
      of: fc.constantFrom('read', 'write'),
    }),
    budget: fc.record({ usdPerMonth: fc.integer({ min: 50, max: 5_000 }) }),
    compliance: fc.record({ residency: fc.subarray([...JURISDICTIONS], { maxLength: 1 }) }),
    regions: fc.oneof(
      fc.record({ wanted: fc.uniqueArray(fc.constantFrom(...REGION_IDS), { minLength: 1, maxLength: 4 }) }),
      fc.record({ max: fc.integer({ min: 1, max: 6 }), excluded: fc.subarray([...REGION_IDS], { maxLength: 15 }) }),
    ),
    routing: fc.constantFrom('auto', 'auto', 'latency', 'failover', 'weighted', 'geo'),
    environment: fc.constantFrom('development', 'staging', 'production'),
    dataStores: fc.constantFrom(
      [],
      eventual,
      [{ name: 'orders', engine: 'postgresql' }],
      [{ ...eventual[0], strategy: 'read-replicas' }],
    ),
  })
  .map((changes) => sampleRequest({ ...changes, services: [{ name: 'api', image: 'x:1' }] }));

describe('for any request', () => {
  test('the same advice comes every time, and it fits its schema', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const advice = advise(request);
        expect(JSON.stringify(advise(structuredClone(request)))).toBe(JSON.stringify(advice));
        expect(adviceSchema.parse(advice)).toEqual(advice);
      }),
      { numRuns: 40 },
    );
  });

  test('candidates have complete roles, what the gate says of them, and never more than eight', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const advice = advise(request);
        expect(advice.candidates.length).toBeLessThanOrEqual(8);
        expect(advice.candidates.map(({ id }) => id)).toEqual(advice.candidates.map((_, index) => `c${index + 1}`));
        for (const candidate of advice.candidates) {
          expect(topologyViolations(candidate, request, advice)).toEqual(candidate.violations);
          expect(candidate.violations.filter((sentence) => sentence.startsWith('roles'))).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('residency is never left, not even by a candidate that is shown to compare', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { residency } = request.compliance;
        for (const { regions } of advise(request).candidates) {
          if (residency.length > 0) expect(regions.every(({ region }) => isInside(region, residency))).toBe(true);
          expect(regions.some(({ region }) => request.regions.excluded.includes(region))).toBe(false);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('there is either a candidate to choose or a problem that says why not', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const advice = advise(request);
        const problems = adviceProblems(request, advice);
        expect(problems.length > 0).toBe(rankByRules(advice) === undefined);
      }),
      { numRuns: 40 },
    );
  });
});
