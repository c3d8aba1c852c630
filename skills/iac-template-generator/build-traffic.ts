import { previewHostname } from '../../contracts/preview-hostname';
import { READY_PATH } from '../../contracts/probe-contract';
import type { TrafficSpec } from '../../contracts/region-spec';
import type { DeploymentRequest } from '../../contracts/request';
import type { Topology, TopologyRegion } from '../../contracts/topology';
import { TRAFFIC_HEALTH_CHECK } from '../../policies/traffic-health-check';
import { trafficWeights } from '../../policies/traffic-weights';

const HEALTH_CHECK = { path: READY_PATH, ...TRAFFIC_HEALTH_CHECK } as const;

/** The same records twice: under the preview hostname while the deployment is dark, and under the production one. */
export function buildTraffic(
  request: DeploymentRequest,
  topology: Topology,
): { preview: TrafficSpec; production: TrafficSpec } {
  const records = trafficRecords(request, topology);
  return {
    preview: { hostname: previewHostname(request.hostname), records },
    production: { hostname: request.hostname, records },
  };
}

function trafficRecords({ regions: wishes }: DeploymentRequest, topology: Topology): TrafficSpec['records'] {
  const primary = topology.regions.filter(({ region }) => region === topology.primary);
  const others = topology.regions.filter(({ region }) => region !== topology.primary);
  const regions = [...primary, ...others];
  const weights = trafficWeights(regions, wishes.overrides);
  return regions.map((region, position) => ({
    region: region.region,
    routing: topology.routing,
    ...policy(topology, region, weights[position] ?? 0),
    healthCheck: HEALTH_CHECK,
  }));
}

function policy(topology: Topology, region: TopologyRegion, percent: number): Partial<TrafficSpec['records'][number]> {
  switch (topology.routing) {
    case 'failover':
      return { failover: region.region === topology.primary ? 'PRIMARY' : 'SECONDARY' };
    case 'weighted':
      // Route 53 takes whole numbers; 0 keeps a standby out until every region with a weight is unhealthy.
      return { weight: percent > 0 ? Math.max(1, Math.round(percent)) : 0 };
    case 'latency':
    case 'geo':
      return {};
  }
}
