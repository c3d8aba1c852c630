import { isInside } from '../../catalog/jurisdictions';
import type { RegionRole } from '../../contracts/region';

/** Roles whose region holds what it takes to become the primary. A replica is only read, a shard has its own data. */
const MAY_FOLLOW: readonly RegionRole[] = ['primary', 'standby', 'active'];

export interface FailoverChain {
  /** who may take over, in the order of the plan */
  chain: string[];
  /** why nobody may, in words; absent when somebody may, or when one region is all there is */
  problem?: string;
}

/**
 * Who may follow the primary, in order: seed 003's failover targets, in the order of the topology, without those outside
 * the residency (DESIGN §9: "residency filters every weight, chain and DR target; a chain emptied by it is a plan error").
 */
export function failoverChain(
  regions: ReadonlyArray<{ region: string; role: RegionRole }>,
  primary: string,
  residency: readonly string[],
): FailoverChain {
  const others = regions.filter(({ region }) => region !== primary);
  const able = others.filter(({ role }) => MAY_FOLLOW.includes(role)).map(({ region }) => region);
  const chain = able.filter((region) => residency.length === 0 || isInside(region, residency));
  if (chain.length > 0 || others.length === 0) return { chain };
  const places = residency.join(', ');
  const problem =
    able.length > 0
      ? `when ${primary} is lost nobody may take over: ${able.join(', ')} ${able.length === 1 ? 'is' : 'are'} outside ${places}; valid is a second region in ${places} that may become the primary`
      : `when ${primary} is lost nobody may take over: ${others.map(({ region, role }) => `${region} is a ${role}`).join(', ')}; valid is a standby or an active region`;
  return { chain, problem };
}

/** Regions of a deployment that lie outside of every jurisdiction in which its users and data must stay. */
export function outsideResidency(regions: readonly string[], residency: readonly string[]): string[] {
  return residency.length === 0 ? [] : regions.filter((region) => !isInside(region, residency));
}
