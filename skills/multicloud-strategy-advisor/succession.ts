import { regionFact } from '../../catalog/regions';
import type { RegionRole } from '../../contracts/region';
import type { DeploymentRequest } from '../../contracts/request';
import type { Routing, TopologyMode } from '../../contracts/topology';
import { ZONES_USED_AT_MOST } from '../../policies/region-sizes';
import { meanMs, operationTimes, percentileMs } from './latency-model';
import type { Placement } from './placement';
import type { UserGroup } from './user-distances';

/**
 * How well a region would do as the one that takes the writes: the mean write time of all users and, where it also
 * answers all reads, their percentile of the SLA. A region with fewer than three zones comes after all that have them.
 */
function primaryScore(groups: readonly UserGroup[], request: DeploymentRequest, placement: Placement): number {
  const [first] = placement.regions;
  const fewZones = first && regionFact(first.region).zones.length < ZONES_USED_AT_MOST ? 1_000_000 : 0;
  const { percentile } = request.latency;
  return placement.routing === 'failover'
    ? fewZones + percentileMs(operationTimes(groups, placement, request, 'read'), percentile)
    : fewZones + meanMs(operationTimes(groups, placement, request, 'write'));
}

/** The regions in order of succession: the best place for writes first, then who takes over from whom. */
export function inSuccession(
  groups: readonly UserGroup[],
  request: DeploymentRequest,
  { mode, routing, regions }: { mode: TopologyMode; routing: Routing; regions: readonly string[] },
): string[] {
  const scored = regions.map((region) => {
    const others = regions.filter((other) => other !== region);
    const placed = [region, ...others].map((id): Placement['regions'][number] => ({ region: id, role: 'standby' }));
    return { region, score: primaryScore(groups, request, { mode, routing, regions: placed }) };
  });
  scored.sort((a, b) => a.score - b.score || (a.region < b.region ? -1 : 1));
  return scored.map(({ region }) => region);
}

function roleAt(index: number, mode: TopologyMode): RegionRole {
  switch (mode) {
    case 'active-passive':
      return index === 0 ? 'primary' : 'standby';
    case 'read-local':
      return index === 0 ? 'primary' : index === 1 ? 'standby' : 'replica';
    case 'active-active':
      return 'active';
    case 'sharded':
      return 'shard';
  }
}

/** Complete roles for regions that are already in order of succession. */
export function withRoles(mode: TopologyMode, routing: Routing, regions: readonly string[]): Placement {
  return { mode, routing, regions: regions.map((region, index) => ({ region, role: roleAt(index, mode) })) };
}
