import { isInside, regionsIn } from '../catalog/jurisdictions';
import { regionFact } from '../catalog/regions';
import type { DeploymentRequest } from '../contracts/request';
import type { Routing, TopologyMode } from '../contracts/topology';

interface Placement {
  mode: TopologyMode;
  routing: Routing;
  regions: ReadonlyArray<{ region: string }>;
}

/** Only one region was asked for: that it has no successor is the requester's choice. */
export function asksForOneRegion(request: DeploymentRequest): boolean {
  return request.regions.max === 1 || request.regions.wanted.length === 1;
}

/**
 * Whether regions outside the jurisdictions may take part at all. They may only when users are told apart by where
 * they are (geo routing), and no personal data is copied to them: every region holds all data unless it is sharded.
 */
export function allowsRegionsOutside(
  request: DeploymentRequest,
  { mode, routing }: Pick<Placement, 'mode' | 'routing'>,
): boolean {
  const personal = request.dataStores.some((store) => store.personalData);
  return routing === 'geo' && (mode === 'sharded' || !personal);
}

function named(jurisdictions: readonly string[]): string {
  return jurisdictions.join(' and ');
}

/**
 * Residency (seed 004 step 1: "compliance requires EU data residency → mandate EU regions for EU users"): users of a
 * jurisdiction are served and stored only in its regions, and so is what they fail over to; a chain that this empties
 * is an error of the plan. Every sentence names the value and what would be valid; empty means nothing is broken.
 */
export function residencyViolations(placement: Placement, request: DeploymentRequest): string[] {
  const { residency } = request.compliance;
  const regions = placement.regions.map(({ region }) => region);
  const sentences: string[] = [];
  for (const jurisdiction of residency) {
    const inside = regions.filter((region) => isInside(region, [jurisdiction]));
    const valid = regionsIn(jurisdiction);
    if (inside.length === 0) {
      sentences.push(
        `residency ${jurisdiction}: none of ${regions.join(', ')} is in it; valid are ${valid.join(', ')}`,
      );
    } else if (inside.length === 1 && !asksForOneRegion(request)) {
      sentences.push(
        `residency ${jurisdiction}: when ${inside[0]} is lost its users have nowhere to go; valid is a second one of ${valid.join(', ')}`,
      );
    }
    const outside = regions.filter((region) => !isInside(region, [jurisdiction]));
    if (outside.length > 0 && !allowsRegionsOutside(request, placement)) {
      const where = outside.map((region) => `${region} (${regionFact(region).jurisdiction})`).join(', ');
      sentences.push(
        `residency ${jurisdiction}: its users and their data would also reach ${where}; valid are regions in ${named([jurisdiction])} only, or geo routing with sharded data`,
      );
    }
  }
  return sentences;
}
