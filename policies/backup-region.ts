import { isInside, regionsIn } from '../catalog/jurisdictions';
import { regionRttMs } from '../catalog/latency';
import { regionFact } from '../catalog/regions';

/**
 * The region that keeps the backups of a database: never the database's own, because a backup must outlive the region,
 * and never outside its jurisdiction, because a copy is data, too (DESIGN §9, residency). A region that the deployment
 * runs in is preferred, then the nearest. A jurisdiction with one region leaves no choice: then it is that one.
 */
export function backupRegion(region: string, deployed: readonly string[]): string {
  const { jurisdiction } = regionFact(region);
  const nearest = (regions: readonly string[]) =>
    regions
      .filter((other) => other !== region && isInside(other, [jurisdiction]))
      .sort((a, b) => regionRttMs(region, a) - regionRttMs(region, b) || a.localeCompare(b))[0];
  return nearest(deployed) ?? nearest(regionsIn(jurisdiction)) ?? region;
}
