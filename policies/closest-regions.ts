import { REGION_IDS, regionFact } from '../catalog/regions';
import { closestNames } from './closest-names';

/** Region ids that a wrong one may have meant, by id or by the name of the place ("Ireland"); closest first, at most 3. */
export function closestRegions(typed: string): string[] {
  const place = typed
    .toLowerCase()
    .trim()
    .replaceAll(/[\s_]+/g, '-');
  const named = REGION_IDS.filter((id) => regionFact(id).place === place);
  if (named.length > 0) return named;
  const placeNames = REGION_IDS.map((id) => regionFact(id).place);
  const byPlace = closestNames(place, placeNames, 1).map((name) => REGION_IDS[placeNames.indexOf(name)] ?? name);
  return [...new Set([...closestNames(typed, REGION_IDS), ...byPlace])].slice(0, 3);
}
