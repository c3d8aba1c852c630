import { previewHostname } from '../../contracts/preview-hostname';
import { READY_PATH } from '../../contracts/probe-contract';
import type { TrafficSpec } from '../../contracts/region-spec';
import type { DeploymentRequest } from '../../contracts/request';
import type { Topology, TopologyRegion } from '../../contracts/topology';

/** The shortest interval that Route 53 sells; two failures in a row, so that one lost packet moves nobody. */
const HEALTH_CHECK = { path: READY_PATH, intervalSeconds: 10, failureThreshold: 2 } as const;

/** Seed 003: the primary, the next and the last region share traffic 70/20/10. */
const WEIGHTS = [70, 20, 10] as const;

/** The same records twice: under the preview hostname while the deployment is dark, and under the production one. */
export function buildTraffic(
  request: DeploymentRequest,
  topology: Topology,
): { preview: TrafficSpec; production: TrafficSpec } {
  const records = trafficRecords(topology);
  return {
    preview: { hostname: previewHostname(request.hostname), records },
    production: { hostname: request.hostname, records },
  };
}

function trafficRecords(topology: Topology): TrafficSpec['records'] {
  const primary = topology.regions.filter(({ region }) => region === topology.primary);
  const others = topology.regions.filter(({ region }) => region !== topology.primary);
  return [...primary, ...others].map((region, position) => ({
    region: region.region,
    routing: topology.routing,
    ...policy(topology, region, position),
    healthCheck: HEALTH_CHECK,
  }));
}

function policy(topology: Topology, region: TopologyRegion, position: number): Partial<TrafficSpec['records'][number]> {
  switch (topology.routing) {
    case 'failover':
      return { failover: region.region === topology.primary ? 'PRIMARY' : 'SECONDARY' };
    case 'weighted':
      // Weight 0 keeps a standby out until every region with a weight is unhealthy.
      return { weight: region.role === 'standby' ? 0 : (WEIGHTS[position] ?? 10) };
    case 'latency':
    case 'geo':
      return {};
  }
}
