import { regionRttMs } from '../../catalog/latency';
import { regionFact } from '../../catalog/regions';
import type { DeploymentRequest } from '../../contracts/request';
import type { Candidate, TopologyRegion } from '../../contracts/topology';
import { ZONES_USED_AT_MOST } from '../../policies/region-sizes';
import { topologyViolations } from '../../policies/topology-violations';
import { estimateCost } from './cost-estimate';
import { meanMs, operationTimes, percentileMs, percentWithin } from './latency-model';
import type { Placement } from './placement';
import { type UserGroup, usersShareByRegion } from './user-distances';

/** A candidate before it is ranked, with the mean write time that ranks equal ones. */
export interface MeasuredCandidate {
  candidate: Omit<Candidate, 'id'>;
  meanWriteMs: number;
}

export interface AdviceContext {
  request: DeploymentRequest;
  groups: readonly UserGroup[];
  singleRegionUsdPerMonth: number;
  /** the region that takes the writes of what is live */
  keepsPrimary?: string;
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Data lost with its region is not survived: a shard has no copy. */
function survivesRegionLoss({ mode, regions }: Placement, { dataStores }: DeploymentRequest): boolean {
  return regions.length > 1 && !(mode === 'sharded' && dataStores.length > 0);
}

function whyRegion(
  index: number,
  place: Placement['regions'][number],
  placement: Placement,
  percent: number,
  writeMs: number,
): string {
  const nearest = `nearest to ${percent} % of users`;
  const primary = placement.regions[0]?.region ?? place.region;
  switch (place.role) {
    case 'primary':
      return `takes the writes: ${Math.round(writeMs)} ms for a user on average; ${nearest}`;
    case 'standby':
      return `successor ${index} of ${primary}, ${Math.round(regionRttMs(place.region, primary))} ms away; ${nearest}`;
    case 'replica':
      return `serves reads where they are made; ${nearest}`;
    case 'active':
      return `serves in full; ${nearest}`;
    case 'shard':
      return `home of its own share of the data; ${nearest}`;
  }
}

function describeRegions(
  placement: Placement,
  usersShare: ReadonlyMap<string, number>,
  writeMs: number,
): TopologyRegion[] {
  return placement.regions.map((place, index) => {
    const { jurisdiction, zones } = regionFact(place.region);
    const percent = Math.round(100 * (usersShare.get(place.region) ?? 0));
    return {
      ...place,
      jurisdiction,
      zones: Math.min(ZONES_USED_AT_MOST, zones.length),
      usersPercent: percent,
      why: whyRegion(index, place, placement, percent, writeMs),
    };
  });
}

/** Everything a candidate says about a placement: latency at the percentile, cost by line, users, broken policies. */
export function measureCandidate(
  placement: Placement,
  { request, groups, singleRegionUsdPerMonth, keepsPrimary }: AdviceContext,
): MeasuredCandidate {
  const { percentile, underMs, of } = request.latency;
  const times = operationTimes(groups, placement, request, of);
  const meanWriteMs = meanMs(operationTimes(groups, placement, request, 'write'));
  const usersShare = usersShareByRegion(
    groups,
    placement.regions.map(({ region }) => region),
  );
  const measured = {
    mode: placement.mode,
    routing: placement.routing,
    regions: describeRegions(placement, usersShare, meanWriteMs),
    latency: {
      percentile,
      modelledMs: oneDecimal(percentileMs(times, percentile)),
      withinSlaPercent: oneDecimal(percentWithin(times, underMs)),
    },
    cost: estimateCost(placement, request, usersShare),
    survivesRegionLoss: survivesRegionLoss(placement, request),
  };
  const violations = topologyViolations(measured, request, { singleRegionUsdPerMonth, keepsPrimary });
  return { candidate: { ...measured, violations }, meanWriteMs };
}
