import type { RegionRole } from '../contracts/region';

interface RegionWithRole {
  region: string;
  role: RegionRole;
}

/**
 * The region that operations count from: the one with role primary; where all regions are equal (active, shard) the
 * first one. Throws a RangeError for an empty list.
 */
export function primaryRegion(regions: readonly RegionWithRole[]): string {
  const primary = regions.find(({ role }) => role === 'primary') ?? regions[0];
  if (!primary) throw new RangeError('a topology without regions has no primary');
  return primary.region;
}
