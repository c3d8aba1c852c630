import type { RegionRole } from '../contracts/region';

const WEIGHTS = [70, 20, 10];

/**
 * Percent of the traffic that each region takes under weighted routing, in order: the weights 70, 20 and 10 of seed
 * 003, ten for every further one, taken relative to their sum. A standby has weight 0: it answers when no other can.
 */
export function trafficWeights(regions: ReadonlyArray<{ role: RegionRole }>): number[] {
  const weights = regions.map(({ role }, index) => (role === 'standby' ? 0 : (WEIGHTS[index] ?? 10)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total === 0 ? 100 / regions.length : (100 * weight) / total));
}
