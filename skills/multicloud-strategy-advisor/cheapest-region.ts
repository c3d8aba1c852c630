import type { DeploymentRequest } from '../../contracts/request';
import { estimateCost } from './cost-estimate';
import type { Placement } from './placement';

/** The cheapest way to run the whole application in one of the regions: the base of the budget rule. */
export function cheapestSingleRegion(
  request: DeploymentRequest,
  regions: readonly string[],
): { region: string; usdPerMonth: number } {
  const costs = regions.map((region) => {
    const placement: Placement = {
      mode: 'active-passive',
      routing: 'failover',
      regions: [{ region, role: 'primary' }],
    };
    return { region, usdPerMonth: estimateCost(placement, request, new Map([[region, 1]])).usdPerMonth };
  });
  costs.sort((a, b) => a.usdPerMonth - b.usdPerMonth || (a.region < b.region ? -1 : 1));
  const [cheapest] = costs;
  if (!cheapest) throw new RangeError('no region is left to price: the request excludes all of them');
  return cheapest;
}
