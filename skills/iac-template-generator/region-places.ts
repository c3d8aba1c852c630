import type { NetworkSpec, RegionSpec } from '../../contracts/region-spec';
import type { DeploymentRequest } from '../../contracts/request';
import { cidrsOverlap, regionCidrs } from './region-network';
import { type LiveRegions, UnrenderableError } from './schema';

/**
 * The network of every region: those that are live stay where they are, the others take what they wish or the next
 * free range. Ranges of regions that are being removed are not free: routes to them may still stand.
 * @throws UnrenderableError when a wish would move a live network, or would share addresses with one
 */
export function placeNetworks(
  regions: string[],
  request: DeploymentRequest,
  live: LiveRegions | undefined,
): { cidrs: Record<string, string>; kept: Record<string, NetworkSpec> } {
  const kept = Object.fromEntries((live?.specs ?? []).map(({ region, network }) => [region, network]));
  const wished: Record<string, string> = {};
  for (const region of regions) {
    const wish = request.regions.overrides[region]?.cidr;
    if (wish) refuseToMove(region, wish, kept);
    if (wish && !kept[region]) wished[region] = wish;
  }
  const standing = Object.fromEntries(Object.entries(kept).map(([region, { cidr }]) => [region, cidr]));
  const cidrs = regionCidrs([...new Set([...Object.keys(standing), ...regions])], { ...wished, ...standing });
  return { cidrs, kept };
}

function refuseToMove(region: string, wish: string, kept: Record<string, NetworkSpec>): void {
  const field = `regions.overrides.${region}.cidr`;
  const own = kept[region]?.cidr;
  if (own !== undefined && own !== wish) {
    const valid = `"${own}", which is live: the network of a live region cannot be moved, only removed with its region`;
    throw new UnrenderableError({ field, received: `"${wish}"`, valid });
  }
  const other = Object.entries(kept).find(([name, { cidr }]) => name !== region && cidrsOverlap(cidr, wish));
  if (!other) return;
  const received = `"${wish}", which overlaps "${other[1].cidr}" of ${other[0]}, which is live`;
  throw new UnrenderableError({ field, received, valid: 'a network without an address of a live one' });
}

/**
 * Regions in the order of their peerings: each requests those with all regions after it. Live pairs keep their sides,
 * or every connection between them would be made again whenever the primary changes; new regions come last.
 */
export function peeringOrder(regions: string[], live: LiveRegions | undefined): string[] {
  const requests = new Map(
    (live?.specs ?? []).map(({ region, peerings }) => [
      region,
      peerings.filter((peering: RegionSpec['peerings'][number]) => peering.side === 'requester').length,
    ]),
  );
  const rank = (region: string) => requests.get(region) ?? -1;
  return [...regions].sort((a, b) => rank(b) - rank(a));
}
