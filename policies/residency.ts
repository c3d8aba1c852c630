import { isInside, regionsIn } from '../catalog/jurisdictions';
import { regionFact } from '../catalog/regions';
import type { DeploymentRequest } from '../contracts/request';

/** Only one region was asked for: that it has no successor is the requester's choice. */
export function asksForOneRegion(request: DeploymentRequest): boolean {
  return request.regions.max === 1 || request.regions.wanted.length === 1;
}

/**
 * Residency (seed 004 step 1: "compliance requires EU data residency → mandate EU regions for EU users"): users of a
 * jurisdiction are served and stored only in its regions, and so is what they fail over to; a chain that this empties
 * is an error of the plan. Every region of a topology holds all data, and records that route by distance send users to
 * the nearest region, not to one of their jurisdiction: so every region must be inside. Every sentence names the value and what would be valid; empty means nothing is broken.
 */
export function residencyViolations(places: ReadonlyArray<{ region: string }>, request: DeploymentRequest): string[] {
  const { residency } = request.compliance;
  const regions = places.map(({ region }) => region);
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
    if (outside.length > 0) {
      const where = outside.map((region) => `${region} (${regionFact(region).jurisdiction})`).join(', ');
      sentences.push(
        `residency ${jurisdiction}: its users and their data would also reach ${where}; valid are regions in ${jurisdiction} only`,
      );
    }
  }
  return sentences;
}
