import { regionRttMs } from '../../catalog/latency';
import { regionFact } from '../../catalog/regions';
import type { RegionRole } from '../../contracts/region';
import type { DeploymentRequest } from '../../contracts/request';
import type { Routing, TopologyMode } from '../../contracts/topology';
import { ZONES_USED_AT_MOST } from '../../policies/region-sizes';
import { standbysAskedFor } from '../../policies/standbys-asked-for';
import { percentileMs } from './latency-model';
import type { Placement, Style } from './placement';
import { rttTo, type UserGroup, usersShareByRegion } from './user-distances';

/** More than any latency: a region with fewer than three zones comes after all that have them. */
const FEW_ZONES_PENALTY_MS = 1_000_000;

function zonePenaltyMs(region: string): number {
  return regionFact(region).zones.length < ZONES_USED_AT_MOST ? FEW_ZONES_PENALTY_MS : 0;
}

/** Where one region answers everything: the percentile of the SLA, over all users. */
function answeringMs(groups: readonly UserGroup[], region: string, percentile: number): number {
  return percentileMs(
    groups.map((group) => ({ ms: rttTo(group, region), weight: group.weight })),
    percentile,
  );
}

/** Where each region answers its own users: what a write adds on its way on to the primary, on average. */
function onwardMs(shares: ReadonlyMap<string, number>, primary: string): number {
  return [...shares].reduce(
    (sum, [from, share]) => sum + (from === primary ? 0 : share * regionRttMs(from, primary)),
    0,
  );
}

/** The regions in order of succession: the best place for writes first, then who takes over from whom. */
export function inSuccession(
  groups: readonly UserGroup[],
  request: DeploymentRequest,
  { routing, regions }: { routing: Routing; regions: readonly string[] },
): string[] {
  const shares = usersShareByRegion(groups, regions);
  const scored = regions.map((region) => {
    const ms =
      routing === 'failover' ? answeringMs(groups, region, request.latency.percentile) : onwardMs(shares, region);
    return { region, score: zonePenaltyMs(region) + ms };
  });
  scored.sort((a, b) => a.score - b.score || (a.region < b.region ? -1 : 1));
  return scored.map(({ region }) => region);
}

function roleAt(index: number, mode: TopologyMode, standbys: number): RegionRole {
  switch (mode) {
    case 'active-passive':
      return index === 0 ? 'primary' : 'standby';
    case 'read-local':
      return index === 0 ? 'primary' : index <= standbys ? 'standby' : 'replica';
    case 'active-active':
      return 'active';
    case 'sharded':
      return 'shard';
  }
}

/**
 * Complete roles for regions that are already in order of succession. Where regions read nearby, as many stand by as the
 * stores of the request ask for, and the others only read.
 */
export function withRoles(request: DeploymentRequest, { mode, routing }: Style, regions: readonly string[]): Placement {
  const standbys = standbysAskedFor(request);
  return { mode, routing, regions: regions.map((region, index) => ({ region, role: roleAt(index, mode, standbys) })) };
}
