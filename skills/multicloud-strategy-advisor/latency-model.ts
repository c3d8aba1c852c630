import { regionRttMs } from '../../catalog/latency';
import type { DeploymentRequest } from '../../contracts/request';
import { trafficWeights } from '../../policies/traffic-weights';
import type { Placement } from './placement';
import { nearestRegion, rttTo, type UserGroup } from './user-distances';

export type Operation = DeploymentRequest['latency']['of'];

interface Served {
  region: string;
  share: number;
}

function regionIds({ regions }: Placement): string[] {
  return regions.map(({ region }) => region);
}

/** Which regions answer a group of users, and for which share of its requests. */
function servedBy(group: UserGroup, placement: Placement, request: DeploymentRequest): Served[] {
  const regions = regionIds(placement);
  switch (placement.routing) {
    case 'failover':
      return regions.slice(0, 1).map((region) => ({ region, share: 1 }));
    case 'latency':
    case 'geo':
      return [{ region: nearestRegion(group, regions), share: 1 }];
    case 'weighted': {
      const weights = trafficWeights(placement.regions, request.regions.overrides);
      return regions.map((region, index) => ({ region, share: (weights[index] ?? 0) / 100 }));
    }
  }
}

/** Whether an operation has to go on from the region that was asked to the one that takes the writes. */
function goesToPrimary(operation: Operation, { mode }: Placement, request: DeploymentRequest): boolean {
  if (mode === 'active-active' || mode === 'sharded') return false;
  return operation === 'write' || request.dataStores.some((store) => store.consistency === 'strong');
}

export interface TimedUsers {
  ms: number;
  weight: number;
}

/**
 * The round trip of an operation for every group of users, milliseconds: to the region that answers, and from there to
 * the primary where writes (and strongly consistent reads) go. The service's own time is not in it.
 */
export function operationTimes(
  groups: readonly UserGroup[],
  placement: Placement,
  request: DeploymentRequest,
  operation: Operation,
): TimedUsers[] {
  const primary = placement.regions[0]?.region;
  const onward = goesToPrimary(operation, placement, request);
  return groups.flatMap((group) =>
    servedBy(group, placement, request).map(({ region, share }) => {
      const more = onward && primary && region !== primary ? regionRttMs(region, primary) : 0;
      return { ms: rttTo(group, region) + more, weight: group.weight * share };
    }),
  );
}

/** The time that `percentile` percent of the users stay within. */
export function percentileMs(times: readonly TimedUsers[], percentile: number): number {
  const sorted = [...times].sort((a, b) => a.ms - b.ms);
  const wanted = (percentile / 100) * sorted.reduce((sum, { weight }) => sum + weight, 0);
  let reached = 0;
  for (const { ms, weight } of sorted) {
    reached += weight;
    // A billionth of slack: sums of shares are not exact, and 100 % must not miss the last group.
    if (reached >= wanted - 1e-9) return ms;
  }
  return sorted.at(-1)?.ms ?? 0;
}

/** Percent of users that stay under a limit. */
export function percentWithin(times: readonly TimedUsers[], underMs: number): number {
  return 100 * times.reduce((sum, { ms, weight }) => (ms < underMs ? sum + weight : sum), 0);
}

export function meanMs(times: readonly TimedUsers[]): number {
  return times.reduce((sum, { ms, weight }) => sum + ms * weight, 0);
}
