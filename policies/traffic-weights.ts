import type { RegionRole } from '../contracts/region';
import type { DeploymentRequest } from '../contracts/request';

const WEIGHTS = [70, 20, 10];

/**
 * Percent of the traffic that each region takes under weighted routing, in order: what the request says for a region
 * (\`regions.overrides.<region>.weight\`), else the weights 70, 20 and 10 of seed 003, ten for every further one; all
 * taken relative to their sum. A standby has weight 0 unless the request says more: it answers when no other can.
 */
export function trafficWeights(
  regions: ReadonlyArray<{ region: string; role: RegionRole }>,
  overrides: DeploymentRequest['regions']['overrides'] = {},
): number[] {
  const weights = regions.map(
    ({ region, role }, index) => overrides[region]?.weight ?? (role === 'standby' ? 0 : (WEIGHTS[index] ?? 10)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total === 0 ? 100 / regions.length : (100 * weight) / total));
}
