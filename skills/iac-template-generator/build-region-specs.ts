import { regionFact } from '../../catalog/regions';
import type { NetworkSpec, RegionSpec, ServiceSpec } from '../../contracts/region-spec';
import type { DeploymentRequest, ServiceRequest } from '../../contracts/request';
import type { Topology, TopologyRegion } from '../../contracts/topology';
import { natGatewaysIn, tasksIn, ZONES_USED_AT_MOST } from '../../policies/region-sizes';
import { databaseSpec } from './database-spec';
import { fargateMemoryMb } from './fargate-size';
import { checkStoresStay, globalStoreSpec } from './global-store-spec';
import { regionNetwork } from './region-network';
import { peeringOrder, placeNetworks } from './region-places';
import { type BuildRegionSpecsInput, type LiveRegions, UnrenderableError } from './schema';

/** Least values that load balancers accept (AWS::ElasticLoadBalancingV2::TargetGroup). */
const LEAST_HEALTH_INTERVAL_SECONDS = 5;
const LEAST_HEALTH_COUNT = 2;

/**
 * The typed model of every region of a topology, primary first. Pure: equal input gives equal specs.
 * Expects a request that `checkRequest` finds nothing wrong with.
 *
 * With `live`, no network moves and no database is made again: regions keep their ranges, peerings their sides, and a
 * database that lost its role stays as it is, `detached`.
 * @throws UnrenderableError when it asks for something that no template can express
 */
export function buildRegionSpecs({ request, topology, replication, live }: BuildRegionSpecsInput): RegionSpec[] {
  const regions = primaryFirst(topology);
  const ids = regions.map(({ region }) => region);
  checkRenderable(request, ids, live);
  checkStoresStay(request, live);
  const { cidrs, kept } = placeNetworks(ids, request, live);
  const order = peeringOrder(ids, live);
  const databases = request.dataStores.filter(({ engine }) => engine === 'postgresql');
  const globalStores = request.dataStores.filter(({ engine }) => engine !== 'postgresql');
  const plans = replication.stores;
  return regions.map((region) => ({
    application: request.application,
    environment: request.environment,
    region: region.region,
    role: region.role,
    network: kept[region.region] ?? newNetwork(region.region, cidrs[region.region] ?? '', request),
    services: request.services.map((service) => serviceSpec(service, region, request)),
    tls: true,
    peerings: databases.length > 0 ? peerings(region.region, ids, order, cidrs) : [],
    databases: databases.flatMap((store) => databaseSpec({ store, region, regions: ids, request, plans, live })),
    globalStores: globalStores.flatMap((store) =>
      globalStoreSpec({ store, region: region.region, environment: request.environment, plans, live }),
    ),
  }));
}

function checkRenderable(request: DeploymentRequest, regions: string[], live: LiveRegions | undefined): void {
  request.dataStores.forEach(({ engine }, index) => {
    if (engine !== 'redis') return;
    throw new UnrenderableError({
      field: `dataStores[${index}].engine`,
      received: `"${engine}", for which there is no template`,
      valid: 'postgresql, dynamodb or s3',
    });
  });
  if (!request.services.some((service) => service.public)) {
    throw new UnrenderableError({
      field: 'services',
      received: 'no public service',
      valid: 'at least one with public: true',
    });
  }
  const hasCredentials = request.dataStores.some(({ engine }) => engine === 'postgresql');
  if (live && hasCredentials && !regions.includes(live.firstRegion)) {
    throw new UnrenderableError({
      field: 'regions',
      received: `${regions.join(', ')}, without ${live.firstRegion}`,
      valid: `regions with ${live.firstRegion}: its base stack holds the credentials of the data stores, which the tasks of every region start with`,
    });
  }
}

function primaryFirst(topology: Topology): TopologyRegion[] {
  return [
    ...topology.regions.filter(({ region }) => region === topology.primary),
    ...topology.regions.filter(({ region }) => region !== topology.primary),
  ];
}

function newNetwork(region: string, cidr: string, request: DeploymentRequest): NetworkSpec {
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
function peerings(
  region: string,
  all: string[],
  order: string[],
  cidrs: Record<string, string>,
): RegionSpec['peerings'] {
  const position = order.indexOf(region);
  return all
    .filter((other) => other !== region)
    .map((other) => ({
      region: other,
      cidr: cidrs[other] ?? '',
      side: position < order.indexOf(other) ? ('requester' as const) : ('accepter' as const),
    }));
}
