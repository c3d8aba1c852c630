import { regionFact } from '../../catalog/regions';
import type { DatabaseSpec, RegionSpec, ServiceSpec } from '../../contracts/region-spec';
import type { StoreReplication } from '../../contracts/replication';
import type { DataStoreRequest, DeploymentRequest, ServiceRequest } from '../../contracts/request';
import type { Topology, TopologyRegion } from '../../contracts/topology';
import { instanceClassIn, isMultiAz, natGatewaysIn, tasksIn, ZONES_USED_AT_MOST } from '../../policies/region-sizes';
import { fargateMemoryMb } from './fargate-size';
import { regionCidrs, regionNetwork } from './region-network';
import { type BuildRegionSpecsInput, UnrenderableError } from './schema';

/** What RDS offers when a request names no version; a major version means its newest minor one. */
const DEFAULT_POSTGRESQL_VERSION = '18';

/** Least values that load balancers accept (AWS::ElasticLoadBalancingV2::TargetGroup). */
const LEAST_HEALTH_INTERVAL_SECONDS = 5;
const LEAST_HEALTH_COUNT = 2;

/**
 * The typed model of every region of a topology, primary first. Pure: equal input gives equal specs.
 * Expects a request that `checkRequest` finds nothing wrong with.
 * @throws UnrenderableError when it asks for something that no template can express yet
 */
export function buildRegionSpecs({ request, topology, replication }: BuildRegionSpecsInput): RegionSpec[] {
  checkRenderable(request);
  const regions = primaryFirst(topology);
  const wished = Object.fromEntries(regions.map(({ region }) => [region, request.regions.overrides[region]?.cidr]));
  const ids = regions.map(({ region }) => region);
  const cidrs = regionCidrs(ids, wished);
  return regions.map((region) => ({
    application: request.application,
    environment: request.environment,
    region: region.region,
    role: region.role,
    network: networkOf(region.region, cidrs[region.region] ?? '', request),
    services: request.services.map((service) => serviceSpec(service, region, request)),
    tls: true,
    peerings: request.dataStores.length > 0 ? peerings(region.region, ids, cidrs) : [],
    databases: request.dataStores.flatMap((store) => databaseSpec(store, region, request, replication.stores)),
  }));
}

function checkRenderable(request: DeploymentRequest): void {
  request.dataStores.forEach(({ engine }, index) => {
    if (engine === 'postgresql') return;
    throw new UnrenderableError({
      field: `dataStores[${index}].engine`,
      received: `"${engine}"`,
      valid: '"postgresql"; the other engines have no template yet',
    });
  });
  if (!request.services.some((service) => service.public)) {
    throw new UnrenderableError({
      field: 'services',
      received: 'no public service',
      valid: 'at least one with public: true',
    });
  }
}

function primaryFirst(topology: Topology): TopologyRegion[] {
  return [
    ...topology.regions.filter(({ region }) => region === topology.primary),
    ...topology.regions.filter(({ region }) => region !== topology.primary),
  ];
}

function networkOf(region: string, cidr: string, request: DeploymentRequest): RegionSpec['network'] {
  const zones = regionFact(region).zones.slice(0, ZONES_USED_AT_MOST);
  return regionNetwork({ region, cidr, zones, natGateways: natGatewaysIn(zones.length, request) });
}

function serviceSpec(service: ServiceRequest, region: TopologyRegion, request: DeploymentRequest): ServiceSpec {
  const { kind: _kind, health, ...rest } = service;
  return {
    ...rest,
    tasks: tasksIn(region, service, request),
    memoryMb: fargateMemoryMb(service),
    health: {
      path: health.path,
      intervalSeconds: Math.max(LEAST_HEALTH_INTERVAL_SECONDS, Math.ceil(health.intervalSeconds)),
      healthyAfter: Math.max(LEAST_HEALTH_COUNT, health.healthyAfter),
      unhealthyAfter: Math.max(LEAST_HEALTH_COUNT, health.unhealthyAfter),
    },
  };
}

/** Every region with every other: any of them may become the primary that the others write to. */
function peerings(region: string, all: string[], cidrs: Record<string, string>): RegionSpec['peerings'] {
  const position = all.indexOf(region);
  return all
    .filter((other) => other !== region)
    .map((other) => ({
      region: other,
      cidr: cidrs[other] ?? '',
      side: position < all.indexOf(other) ? ('requester' as const) : ('accepter' as const),
    }));
}

function databaseSpec(
  store: DataStoreRequest,
  region: TopologyRegion,
  request: DeploymentRequest,
  plans: StoreReplication[],
): DatabaseSpec[] {
  const plan = plans.find((candidate) => candidate.store === store.name);
  if (!plan || plan.mode.kind === 'unsatisfiable') {
    throw new UnrenderableError({
      field: `dataStores.${store.name}`,
      received: plan?.mode.kind === 'unsatisfiable' ? plan.mode.reason : 'no replication plan',
      valid: 'a store whose replication is planned',
    });
  }
  const isPrimary = plan.primary === region.region;
  if (!isPrimary && !plan.replicas.includes(region.region)) return [];
  return [
    {
      name: store.name,
      engine: 'postgresql',
      version: store.version ?? DEFAULT_POSTGRESQL_VERSION,
      role: isPrimary ? 'primary' : 'replica',
      ...(isPrimary ? {} : { sourceRegion: plan.primary }),
      instanceClass: instanceClassIn(region, store, request),
      storageGb: store.storageGb,
      multiAz: isMultiAz(region, request),
      encrypted: true,
      replication: plan.mode.kind,
      lagAlarmSeconds: plan.lagThresholdMs / 1_000,
    },
  ];
}
