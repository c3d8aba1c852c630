import { isKnownRegion, REGION_IDS, regionFact } from '../catalog/regions';

/** Names of places are cheaper than region ids (3 tokens against 7), and a model knows where they are. */
export interface PlaceNames {
  /** the name under which a region stands in the prompt */
  nameOf(region: string): string;
  /** the region that a model means by a place name or a region id; undefined when there is none */
  regionOf(name: string): string | undefined;
}

/** Names for the regions of one prompt. A region that the catalog does not know is called s1, s2, … */
export function placeNames(regions: readonly string[]): PlaceNames {
  const names = new Map<string, string>();
  for (const region of [...REGION_IDS, ...regions]) {
    if (names.has(region)) continue;
    names.set(region, isKnownRegion(region) ? catalogName(region) : `s${names.size - REGION_IDS.length + 1}`);
  }
  const regionByName = new Map(
    [...names].flatMap(([region, name]) => [
      [name, region],
      [plain(region), region],
    ]),
  );
  return {
    nameOf: (region) => names.get(region) ?? region,
    regionOf: (name) => regionByName.get(plain(name)),
  };
}

/** `n-virginia` → `virginia`, `cape-town` → `capetown`: one word is one to three tokens, dashes double that. */
function catalogName(region: string): string {
  return plain(regionFact(region).place);
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/^(n|north)[- ]/, '')
    .replace(/[^a-z0-9]/g, '');
}
