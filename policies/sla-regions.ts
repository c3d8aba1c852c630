import { AREA_CONTINENTS, isUserArea } from '../catalog/areas';
import { regionFact } from '../catalog/regions';
import type { DeploymentRequest } from '../contracts/request';

const TIGHT_SLA_MS = 50;
const TIGHT_SLA_REGIONS = 5;

/** The continents that the users of a request are on, by the areas it names. */
export function userContinents(request: DeploymentRequest): string[] {
  return [...new Set(request.users.flatMap(({ area }) => (isUserArea(area) ? [...AREA_CONTINENTS[area]] : [])))];
}

/** Least number of regions for the SLA of a request (seed 004 step 1: "latency SLA < 50 ms globally → 5+ regions"). */
export function leastRegions(request: DeploymentRequest): number {
  return request.latency.underMs < TIGHT_SLA_MS && userContinents(request).length > 1 ? TIGHT_SLA_REGIONS : 1;
}

/**
 * Seed 004 step 1: an SLA under 50 ms for users on several continents needs at least five regions across continents.
 * Necessary, not sufficient: whether it is met is decided by the modelled latency.
 */
export function slaRegionViolations(regions: ReadonlyArray<{ region: string }>, request: DeploymentRequest): string[] {
  const least = leastRegions(request);
  if (least === 1) return [];
  const continents = new Set(regions.map(({ region }) => regionFact(region).continent));
  if (regions.length >= least && continents.size > 1) return [];
  return [
    `latency under ${request.latency.underMs} ms for users on ${userContinents(request).length} continents: ` +
      `${regions.length} regions on ${continents.size} continent(s); valid are at least ${least} regions on at least 2 continents`,
  ];
}
