import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { REGION_IDS, regionFact } from '../../../catalog/regions';
import { type ReplicationMode, type ReplicationPlan, whenDegradedSchema } from '../../../contracts/replication';
import { type DeploymentRequest, deploymentRequestSchema } from '../../../contracts/request';
import type { Routing, Topology } from '../../../contracts/topology';
import { parseRequest } from '../../../policies/parse-request';
import { primaryRegion } from '../../../policies/primary-region';
import { planReplication } from '../../../skills/database-optimization-analyzer/skill';
import type { BuildRegionSpecsInput, GeneratedTemplates } from '../../../skills/iac-template-generator/schema';
import { buildRegionSpecs, buildTraffic, generateTemplates } from '../../../skills/iac-template-generator/skill';
import { advise, rankByRules } from '../../../skills/multicloud-strategy-advisor/skill';

/** A request as people write it; `changes` replaces top-level fields. */
export function sampleRequest(changes: Record<string, unknown> = {}): DeploymentRequest {
  return deploymentRequestSchema.parse({
    application: 'orders',
    environment: 'staging',
    platform: 'lab',
    hostname: 'orders.example.com',
    users: [{ area: 'europe', share: 100 }],
    latency: { underMs: 150 },
    budget: { usdPerMonth: 5_000 },
    recovery: { rtoSeconds: 60, rpoSeconds: 30 },
    services: [{ name: 'api', image: 'registry.example.com/orders-api:1', uses: ['orders-db'] }],
    dataStores: [{ name: 'orders-db', engine: 'postgresql', personalData: true }],
    ...changes,
  });
}

export function topologyOf(regions: string[], routing: Routing = 'failover'): Topology {
  const [primary = ''] = regions;
  return {
    id: 'c1',
    mode: 'active-passive',
    routing,
    primary,
    regions: regions.map((region, index) => ({
      region,
      role: index === 0 ? 'primary' : 'standby',
      jurisdiction: regionFact(region).jurisdiction,
      zones: regionFact(region).zones.length,
      usersPercent: 100 / regions.length,
      why: 'test',
    })),
    latency: { percentile: 95, modelledMs: 90, withinSlaPercent: 99 },
    cost: { usdPerMonth: 1, lines: [], asOf: '2026-11' },
    survivesRegionLoss: true,
    violations: [],
    diagram: '',
  };
}

export function replicationOf(request: DeploymentRequest, topology: Topology, lagThresholdMs = 5_000): ReplicationPlan {
  const replicas = topology.regions.map(({ region }) => region).filter((region) => region !== topology.primary);
  return {
    stores: request.dataStores.map((store) => ({
      store: store.name,
      engine: store.engine,
      mode: { kind: 'asynchronous' as const, boundedRpoSeconds: 5 },
      primary: topology.primary,
      replicas,
      readers: topology.regions.filter(({ role }) => role === 'replica').map(({ region }) => region),
      lagThresholdMs,
      conflicts: 'one writer',
      consistencyChecks: [],
      capability: 'test',
    })),
    order: [],
  };
}

export function planned(
  request: DeploymentRequest,
  topology: Topology,
  lagThresholdMs?: number,
): BuildRegionSpecsInput {
  return { request, topology, replication: replicationOf(request, topology, lagThresholdMs) };
}

/** All stacks of a planned deployment. */
export function templatesOf(input: BuildRegionSpecsInput): GeneratedTemplates {
  const { request, topology } = input;
  return generateTemplates({
    specs: buildRegionSpecs(input),
    traffic: buildTraffic(request, topology),
    account: request.account,
    application: request.application,
    environment: request.environment,
    firstRegion: input.live?.firstRegion,
  });
}

/** One service, one database, three continents, failover records. */
export function threeRegions(): BuildRegionSpecsInput {
  return planned(sampleRequest(), topologyOf(['us-east-1', 'eu-west-1', 'ap-southeast-1']));
}

/** An example of the repository, planned as rules plan it. */
export function exampleDeployment(name: 'three-regions' | 'failover-pair'): BuildRegionSpecsInput {
  const parsed = parseRequest(parse(readFileSync(join(__dirname, '../../../examples', `${name}.yaml`), 'utf8')));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const { request } = parsed;
  const candidate = rankByRules(advise(request));
  if (!candidate) throw new Error(`${name}: no candidate`);
  const topology = { ...candidate, primary: primaryRegion(candidate.regions), diagram: '' };
  return { request, topology, replication: planReplication({ request, topology }) };
}

const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/);
const variables = fc.dictionary(fc.stringMatching(/^X_[A-Z][A-Z0-9_]{0,8}$/), fc.string({ maxLength: 20 }), {
  maxKeys: 4,
});
const secretSource = fc.oneof(
  names.map((name) => `team/${name}`),
  names.map((name) => `/team/${name}`),
  names.map((name) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-AbCdEf:key::`),
);
const size = fc.constantFrom([256, 512], [256, 2_048], [512, 1_024], [1_024, 3_072], [4_096, 8_192]);

function service(stores: string[]) {
  return fc.record({
    name: names,
    image: fc.constantFrom('registry.example.com/a:1', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/a:1.2'),
    port: fc.integer({ min: 1_024, max: 65_535 }),
    tasks: fc.integer({ min: 1, max: 50 }),
    size,
    public: fc.boolean(),
    health: fc.record({
      path: fc.constantFrom('/health/live', '/', '/a/b?c=d'),
      intervalSeconds: fc.integer({ min: 1, max: 300 }),
      healthyAfter: fc.integer({ min: 1, max: 10 }),
      unhealthyAfter: fc.integer({ min: 1, max: 10 }),
    }),
    environment: variables,
    secrets: fc.uniqueArray(fc.record({ name: fc.stringMatching(/^Y_[A-Z]{1,6}$/), from: secretSource }), {
      selector: (secret) => secret.name,
      maxLength: 3,
    }),
    uses: fc.subarray(stores),
  });
}

const store = fc.record({
  name: names,
  engine: fc.constantFrom('postgresql', 'postgresql', 'dynamodb', 's3'),
  version: fc.constantFrom(undefined, '17', '16'),
  storageGb: fc.integer({ min: 20, max: 2_000 }),
  instanceClass: fc.constantFrom('db.t4g.small', 'db.m6g.large'),
});

const request = fc
  .record({
    application: names,
    environment: fc.constantFrom('development', 'staging', 'production'),
    stores: fc.uniqueArray(store, { selector: ({ name }) => name, maxLength: 3 }),
  })
  .chain(({ stores, ...rest }) =>
    fc
      .uniqueArray(service(stores.map(({ name }) => name)), {
        selector: ({ name }) => name,
        minLength: 1,
        maxLength: 4,
      })
      .map((services) =>
        sampleRequest({
          ...rest,
          dataStores: stores,
          services: services.map(({ size: [cpu, memoryMb], ...one }, index) => ({
            ...one,
            cpu,
            memoryMb,
            public: index === 0 || one.public,
          })),
        }),
      ),
  );

/** It has no db.t4g: such a request is refused without. */
const CALGARY = { 'ca-west-1': { instanceClass: 'db.m6g.large' } };

const mode: fc.Arbitrary<ReplicationMode> = fc.oneof(
  fc.constant({ kind: 'asynchronous' as const, boundedRpoSeconds: 5 }),
  fc.record({
    kind: fc.constant('synchronous' as const),
    writePenaltyMs: fc.constant(70),
    quorum: fc.integer({ min: 1, max: 4 }),
    whenDegraded: fc.constantFrom(...whenDegradedSchema.options),
  }),
);

/** Another way to replicate the databases, of whose copies the last ones are only read. */
function replicated(input: BuildRegionSpecsInput, way: ReplicationMode, readers: number): BuildRegionSpecsInput {
  const stores = input.replication.stores.map((plan) =>
    plan.engine === 'postgresql' ? { ...plan, mode: way, readers: plan.replicas.slice(-readers) } : plan,
  );
  return { ...input, replication: { ...input.replication, stores } };
}

/** Any deployment that can be rendered: one to five regions, up to four services and three stores, every routing. */
export const plannedDeployments: fc.Arbitrary<BuildRegionSpecsInput> = fc
  .record({
    request,
    regions: fc.uniqueArray(fc.constantFrom(...REGION_IDS), { minLength: 1, maxLength: 5 }),
    routing: fc.constantFrom<Routing>('failover', 'latency', 'weighted', 'geo'),
    lagThresholdMs: fc.integer({ min: 100, max: 60_000 }),
    mode,
    readers: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ request: one, regions, routing, lagThresholdMs, mode: way, readers }) => {
    const asked = { ...one, regions: { ...one.regions, overrides: CALGARY } };
    return replicated(planned(asked, topologyOf(regions, routing), lagThresholdMs), way, readers);
  });
