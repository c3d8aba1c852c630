import type { RegionRole } from '../../contracts/region';
import type { DeploymentRequest } from '../../contracts/request';
import { type JudgedTopology, topologyViolations } from '../../policies/topology-violations';
import { sampleRequest } from './sample-request';

const advice = { singleRegionUsdPerMonth: 120 };

function topology(regions: Array<[string, RegionRole]>, changes: Partial<JudgedTopology> = {}): JudgedTopology {
  return {
    mode: 'active-passive',
    routing: 'failover',
    regions: regions.map(([region, role]) => ({ region, role })),
    latency: { percentile: 95, modelledMs: 140, withinSlaPercent: 99 },
    cost: { usdPerMonth: 300 },
    survivesRegionLoss: regions.length > 1,
    ...changes,
  };
}

const pair = topology([
  ['us-east-1', 'primary'],
  ['eu-west-1', 'standby'],
]);
const judge = (judged: JudgedTopology, request: DeploymentRequest = sampleRequest()) =>
  topologyViolations(judged, request, advice);

test('a topology that keeps every rule breaks none', () => {
  expect(judge(pair)).toEqual([]);
});

describe('each rule has its sentence', () => {
  test.each<[string, JudgedTopology, Record<string, unknown>, RegExp]>([
    ['unknown regions', topology([['eu-west-9', 'primary']]), {}, /^regions: eu-west-9 is not in the catalog/],
    ['excluded regions', pair, { regions: { excluded: ['eu-west-1'] } }, /^regions: eu-west-1 is excluded/],
    [
      'other regions than wanted',
      pair,
      { regions: { wanted: ['us-east-1', 'eu-west-3'] } },
      /^regions: the request wants exactly us-east-1, eu-west-3, not us-east-1, eu-west-1/,
    ],
    [
      'fewer regions than wanted',
      pair,
      { regions: { wanted: ['us-east-1', 'eu-west-1', 'sa-east-1'] } },
      /wants exactly us-east-1, eu-west-1, sa-east-1/,
    ],
    ['more regions than allowed', pair, { regions: { max: 1 } }, /^regions: 2 of them, the request allows at most 1/],
    [
      'two primaries',
      topology([
        ['us-east-1', 'primary'],
        ['eu-west-1', 'primary'],
      ]),
      {},
      /^roles: active-passive with 2 regions of role primary; valid is exactly 1/,
    ],
    [
      'no primary',
      topology([
        ['us-east-1', 'standby'],
        ['eu-west-1', 'standby'],
      ]),
      {},
      /with 0 regions of role primary/,
    ],
    [
      'a role of another mode',
      topology([
        ['us-east-1', 'primary'],
        ['eu-west-1', 'active'],
      ]),
      {},
      /^roles: eu-west-1 is active in an active-passive topology/,
    ],
    [
      'residency left by a standby',
      pair,
      { compliance: { residency: ['us'] } },
      /^residency us: its users and their data would also reach eu-west-1 \(eu\)/,
    ],
    [
      'residency with no region',
      pair,
      { compliance: { residency: ['jp'] } },
      /^residency jp: none of us-east-1, eu-west-1 is in it; valid are ap-northeast-1, ap-northeast-3/,
    ],
    [
      'a jurisdiction with one region and no successor',
      pair,
      { compliance: { residency: ['eu'] } },
      /^residency eu: when eu-west-1 is lost its users have nowhere to go/,
    ],
    [
      'another routing than asked for',
      pair,
      { routing: 'latency' },
      /^routing: failover, the request asks for latency/,
    ],
    [
      'a mode that the data does not allow',
      topology(
        [
          ['us-east-1', 'active'],
          ['eu-west-1', 'active'],
        ],
        { mode: 'active-active' },
      ),
      {},
      /^mode: active-active does not fit the data strategies/,
    ],
    [
      'multi-writer PostgreSQL',
      topology(
        [
          ['us-east-1', 'active'],
          ['eu-west-1', 'active'],
        ],
        { mode: 'active-active' },
      ),
      {},
      /^conflicts: store orders would be written in every region, but postgresql on lab has one writer/,
    ],
    [
      'a tight SLA on two continents with two regions',
      pair,
      { latency: { underMs: 49 } },
      /^latency under 49 ms for users on 2 continents: 2 regions on 2 continent/,
    ],
    [
      'an SLA that is missed',
      pair,
      { latency: { underMs: 100 } },
      /^latency: 95 % of users see reads within 140 ms, the request asks for under 100 ms/,
    ],
    ['a budget that is exceeded', pair, { budget: { usdPerMonth: 299 } }, /^budget \$299 a month: this costs \$300/],
    [
      'one region that nobody asked for',
      topology([['us-east-1', 'primary']]),
      {},
      /^recovery within 60 s: nothing takes over when a region is lost/,
    ],
  ])('%s', (_what, judged, changes, sentence) => {
    expect(judge(judged, sampleRequest(changes))).toContainEqual(expect.stringMatching(sentence));
  });

  test('a budget below twice a single region forbids active-active, and only that', () => {
    const stateless = { services: [{ name: 'api', image: 'x:1' }], dataStores: [], budget: { usdPerMonth: 239 } };
    const both = topology(
      [
        ['us-east-1', 'active'],
        ['eu-west-1', 'active'],
      ],
      { mode: 'active-active', routing: 'latency', cost: { usdPerMonth: 230 } },
    );
    expect(judge(both, sampleRequest(stateless))).toEqual([
      expect.stringMatching(/below twice the \$120 of a single region: active-active is not allowed/),
    ]);
    expect(judge(both, sampleRequest({ ...stateless, budget: { usdPerMonth: 240 } }))).toEqual([]);
    expect(judge({ ...pair, cost: { usdPerMonth: 230 } }, sampleRequest(stateless))).toEqual([]);
  });

  test('a tight SLA on one continent needs no five regions', () => {
    const request = sampleRequest({ latency: { underMs: 49 }, users: [{ area: 'europe', share: 100 }] });
    expect(judge({ ...pair, latency: { ...pair.latency, modelledMs: 40 } }, request)).toEqual([]);
  });

  test('one region is fine for those who ask for one', () => {
    expect(judge(topology([['us-east-1', 'primary']]), sampleRequest({ regions: { max: 1 } }))).toEqual([]);
  });
});
