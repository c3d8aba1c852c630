import { regionWiringSchema } from '../../../skills/cloud-platform-integrator/schema';
import { integratePlatform } from '../../../skills/cloud-platform-integrator/skill';
import { buildRegionSpecs, buildTraffic } from '../../../skills/iac-template-generator/skill';
import { planned, sampleRequest, templatesOf, topologyOf } from '../iac-template-generator/planned-deployments';

const input = planned(
  sampleRequest({
    services: [
      {
        name: 'api',
        image: 'registry.example.com/team/api:1',
        uses: ['orders-db'],
        environment: { MODE: 'fast' },
        secrets: [{ name: 'STRIPE', from: 'team/stripe' }],
      },
      { name: 'admin', image: 'team/admin:1' },
      { name: 'worker', image: 'worker', public: false, port: 9000 },
    ],
  }),
  topologyOf(['us-east-1', 'eu-west-1']),
);

function wiring() {
  return integratePlatform({ specs: buildRegionSpecs(input), traffic: buildTraffic(input.request, input.topology) });
}

test('says for every region what runs there, who probes it and how it is reached', () => {
  const { regions } = wiring();
  for (const region of regions) regionWiringSchema.parse(region);
  const [primary, standby] = regions;
  expect(primary).toMatchObject({
    region: 'us-east-1',
    role: 'primary',
    cluster: 'orders-staging',
    peers: ['eu-west-1'],
  });
  expect(primary!.services.map(({ service, registry, reachedBy }) => [service, registry, reachedBy])).toEqual([
    ['api', 'registry.example.com', 'https, every path'],
    ['admin', 'docker.io', 'https, paths under /admin'],
    ['worker', 'docker.io', 'worker:9000 inside the region'],
  ]);
  expect(primary!.probes.map(({ asks, by }) => [asks, by])).toEqual([
    ['8080/health/live', 'load-balancer'],
    ['8080/health/live', 'load-balancer'],
    ['9000/health/live', 'container'],
  ]);
  expect(standby!.records.map(({ hostname, policy }) => [hostname, policy])).toEqual([
    ['preview-orders.example.com', 'SECONDARY'],
    ['orders.example.com', 'SECONDARY'],
  ]);
});

test('variables and secrets are those of the rendered task definition, no more and no fewer', () => {
  const base = templatesOf(input).stacks.find(({ ref }) => ref.kind === 'base')!;
  const { Resources } = JSON.parse(base.template);
  const [container] = Resources.TaskDefinitionApi.Properties.ContainerDefinitions;
  const names = (list: Array<{ Name: string }>) => list.map(({ Name }) => Name);
  const [api] = wiring().regions[0]!.services;
  expect(api!.secrets).toEqual(names(container.Secrets).sort());
  expect(api!.variables).toEqual([...names(container.Environment), ...names(container.Secrets)].sort());
  expect(api!.variables).toContain('ORDERS_DB_READ_HOST');
});

test('a store is written through one name and read through another in every region', () => {
  for (const { stores } of wiring().regions) {
    expect(stores).toEqual([
      expect.objectContaining({
        writes: 'orders-db.orders-staging.internal',
        reads: 'orders-db-read.orders-staging.internal',
      }),
    ]);
  }
});
