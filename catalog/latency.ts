import { type Coordinates, distanceKm } from './distance';
import type { FactOrigin } from './fact';
import { locations, type TestLocation, testLocation } from './locations';
import rtt from './region-rtt.json';
import { REGION_IDS, regionFact } from './regions';

export { locations } from './locations';

export const REGION_RTT_ORIGIN: FactOrigin = { source: rtt.source, asOf: rtt.asOf, basis: 'verified' };

/** The distance law, fitted over the 210 region pairs of the table: R² 0.72, mean absolute error 29 ms. */
export const DISTANCE_LAW_ORIGIN: FactOrigin = {
  source: 'least-squares fit of round trip over distance for the region pairs of region-rtt.json',
  asOf: rtt.asOf,
  basis: 'estimated',
};
const LAW_BASE_MS = 14;
const LAW_MS_PER_100_KM = 1.59;

/** Round trip over a distance by the law `14 ms + 1.59 ms per 100 km`. */
export function distanceRttMs(km: number): number {
  return LAW_BASE_MS + (LAW_MS_PER_100_KM * km) / 100;
}

const ROW_OF: ReadonlyMap<string, number> = new Map(rtt.regions.map((region, row) => [region, row]));

function measuredMs(from: string, to: string): number | undefined {
  const row = ROW_OF.get(from);
  const column = ROW_OF.get(to);
  return row === undefined || column === undefined ? undefined : rtt.matrix[row]?.[column];
}

/**
 * Round trip between two regions in milliseconds: the mean of both measured directions, or the distance law for a
 * region that the table does not have. Same region: what its own cell says (1 to 4 ms).
 * Throws a RangeError for a region that the catalog does not know.
 */
export function regionRttMs(a: string, b: string): number {
  const there = measuredMs(a, b);
  const back = measuredMs(b, a);
  if (there !== undefined && back !== undefined) return (there + back) / 2;
  return distanceRttMs(distanceKm(regionFact(a), regionFact(b)));
}

/**
 * Round trip of a user at some place to a region, in milliseconds, by the distance law.
 *
 * The other estimate at hand, `5 ms + 1.5 ms per 100 km`, is not used: it is a guess that nothing was measured for, and
 * it promises people at home a shorter way than well-connected data centres have between them. The law was measured,
 * is the more careful of the two at every distance, and its 14 ms leave room for the last mile.
 */
export function accessRttMs(from: Coordinates, region: string): number {
  return distanceRttMs(distanceKm(from, regionFact(region)));
}

/** Round trip from one of the ten world test locations to a region. Throws a RangeError for an unknown one of either. */
export function locationRttMs(location: string, region: string): number {
  return accessRttMs(testLocation(location), region);
}

/** All of `locationRttMs`, by location and region, rounded to 0.1 ms; what the lab's edge is configured with. */
export function locationRtts(): Record<string, Record<string, number>> {
  const row = (location: TestLocation) =>
    Object.fromEntries(REGION_IDS.map((region) => [region, Math.round(accessRttMs(location, region) * 10) / 10]));
  return Object.fromEntries(locations.map((location) => [location.id, row(location)]));
}
