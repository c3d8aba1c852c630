import fc from 'fast-check';
import { regionSpecSchema } from '../../../contracts/region-spec';
import { cidrsOverlap } from '../../../skills/iac-template-generator/region-network';
import { buildRegionSpecs } from '../../../skills/iac-template-generator/skill';
import { planned, plannedDeployments, sampleRequest, threeRegions, topologyOf } from './planned-deployments';

test('the primary comes first with all tasks, others start at half strength, replicas name their source', () => {
  const specs = buildRegionSpecs(threeRegions());
  expect(specs.map(({ region, services }) => [region, services[0]!.tasks])).toEqual([
    ['us-east-1', 2],
    ['eu-west-1', 1],
    ['ap-southeast-1', 1],
  ]);
  expect(specs.map(({ databases }) => [databases[0]!.role, databases[0]!.sourceRegion])).toEqual([
    ['primary', undefined],
    ['replica', 'us-east-1'],
    ['replica', 'us-east-1'],
  ]);
  expect(specs[0]!.databases[0]).toMatchObject({ version: '18', encrypted: true, lagAlarmSeconds: 5, multiAz: false });
});

test('each region has a network of its own, cut into three tiers over its zones', () => {
  const [first, second] = buildRegionSpecs(threeRegions());
  expect([first!.network.cidr, second!.network.cidr]).toEqual(['10.0.0.0/16', '10.1.0.0/16']);
  expect(second!.network).toMatchObject({
    publicSubnets: [
      { zone: 'eu-west-1a', cidr: '10.1.0.0/20' },
      { zone: 'eu-west-1b', cidr: '10.1.16.0/20' },
      { cidr: '10.1.32.0/20' },
    ],
    privateSubnets: [{ cidr: '10.1.64.0/20' }, { cidr: '10.1.80.0/20' }, { cidr: '10.1.96.0/20' }],
    dataSubnets: [{ cidr: '10.1.128.0/20' }, { cidr: '10.1.144.0/20' }, { cidr: '10.1.160.0/20' }],
    natGateways: 1,
  });
});

test('production has a NAT gateway per zone and a second zone for the primary database', () => {
  const { topology } = threeRegions();
  const [primary, standby] = buildRegionSpecs(planned(sampleRequest({ environment: 'production' }), topology));
  expect([primary!.network.natGateways, primary!.databases[0]!.multiAz]).toEqual([3, true]);
  expect(standby!.databases[0]!.multiAz).toBe(false);
});

test('wishes of the request are kept, and what is not wished keeps clear of them', () => {
  const overrides = { 'eu-west-1': { cidr: '10.0.0.0/17', tasks: 7, instanceClass: 'db.m6g.large' } };
  const specs = buildRegionSpecs(planned(sampleRequest({ regions: { overrides } }), threeRegions().topology));
  expect(specs.map(({ network }) => network.cidr)).toEqual(['10.1.0.0/16', '10.0.0.0/17', '10.2.0.0/16']);
  expect(specs[1]!.services[0]!.tasks).toBe(7);
  expect(specs.map(({ databases }) => databases[0]!.instanceClass)).toEqual([
    'db.t4g.small',
    'db.m6g.large',
    'db.t4g.small',
  ]);
});

test('each pair of regions has one requester, the earlier one, and one accepter', () => {
  const specs = buildRegionSpecs(threeRegions());
  const sides = specs.map(({ region, peerings }) => peerings.map((peer) => `${region} ${peer.side} ${peer.region}`));
  expect(sides).toEqual([
    ['us-east-1 requester eu-west-1', 'us-east-1 requester ap-southeast-1'],
    ['eu-west-1 accepter us-east-1', 'eu-west-1 requester ap-southeast-1'],
    ['ap-southeast-1 accepter us-east-1', 'ap-southeast-1 accepter eu-west-1'],
  ]);
});

test('health checks faster than a load balancer can do are slowed to what it can', () => {
  const services = [{ name: 'api', image: 'a', health: { intervalSeconds: 1.5, healthyAfter: 1, unhealthyAfter: 1 } }];
  const [spec] = buildRegionSpecs(planned(sampleRequest({ services }), threeRegions().topology));
  expect(spec!.services[0]!.health).toEqual({
    path: '/health/live',
    intervalSeconds: 5,
    healthyAfter: 2,
    unhealthyAfter: 2,
  });
});

test.each([
  [256, 600, 1_024],
  [256, 1_500, 2_048],
  [512, 1_024, 1_024],
  [1_024, 2_049, 3_072],
])('with %d cpu units, %d MB become the %d MB that Fargate sells', (cpu, memoryMb, sold) => {
  const services = [{ name: 'api', image: 'a', cpu, memoryMb }];
  const [spec] = buildRegionSpecs(planned(sampleRequest({ services }), threeRegions().topology));
  expect(spec!.services[0]!.memoryMb).toBe(sold);
});

test.each([
  [
    'an engine without templates',
    { dataStores: [{ name: 'cache', engine: 'redis' }] },
    'dataStores[0].engine: "redis"',
  ],
  ['no public service', { services: [{ name: 'api', image: 'a', public: false }] }, 'services: no public service'],
  [
    'a network that is too small',
    { regions: { overrides: { 'eu-west-1': { cidr: '10.0.0.0/24' } } } },
    'regions.overrides.eu-west-1.cidr: 10.0.0.0/24',
  ],
  [
    'a network with host bits',
    { regions: { overrides: { 'eu-west-1': { cidr: '10.0.1.0/16' } } } },
    'regions.overrides.eu-west-1.cidr: 10.0.1.0/16',
  ],
])('%s is refused by name', (_, changes, message) => {
  expect(() => buildRegionSpecs(planned(sampleRequest(changes), threeRegions().topology))).toThrow(message);
});

test('a store whose replication cannot be had is refused with the reason', () => {
  const input = threeRegions();
  const [store] = input.replication.stores;
  const mode = { kind: 'unsatisfiable' as const, reason: 'rpo 0 across regions', alternatives: [] };
  const replication = { ...input.replication, stores: [{ ...store!, mode }] };
  expect(() => buildRegionSpecs({ ...input, replication })).toThrow('dataStores.orders-db: rpo 0 across regions');
});

test('specs of any deployment are valid, their networks and subnets never overlap', () => {
  fc.assert(
    fc.property(plannedDeployments, (input) => {
      const specs = buildRegionSpecs(input);
      for (const spec of specs) regionSpecSchema.parse(spec);
      expectDisjoint(specs.map(({ network }) => network.cidr));
      for (const { network } of specs) {
        const subnets = [...network.publicSubnets, ...network.privateSubnets, ...network.dataSubnets];
        expectDisjoint(subnets.map(({ cidr }) => cidr));
        expect(subnets.every(({ cidr }) => cidrsOverlap(cidr, network.cidr))).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

function expectDisjoint(cidrs: string[]): void {
  cidrs.forEach((cidr, index) => {
    expect(cidrs.slice(index + 1).filter((other) => cidrsOverlap(cidr, other))).toEqual([]);
  });
}

test('a topology of one region needs no peerings and no replicas', () => {
  const [spec] = buildRegionSpecs(planned(sampleRequest(), topologyOf(['eu-west-1'])));
  expect(spec).toMatchObject({ peerings: [], databases: [{ role: 'primary' }] });
});
