import type { UserArea } from '../../catalog/areas';
import { USER_AREAS } from '../../catalog/areas';
import { JURISDICTION_NAMES, JURISDICTIONS } from '../../catalog/jurisdictions';
import { type Jurisdiction, REGION_IDS, regionFact } from '../../catalog/regions';

/** What a word for a place can mean in a request. */
export interface PlaceMeaning {
  /** users there are counted in these areas of the catalog */
  areas: readonly UserArea[];
  /** the law that the word names; a member of the EU names none of its own that the catalog knows */
  jurisdiction?: Jurisdiction;
  /** the cloud region of that name */
  region?: string;
}

export interface PlaceMention extends PlaceMeaning {
  word: string;
  start: number;
  end: number;
}

const JURISDICTION_AREAS: Readonly<Record<Jurisdiction, UserArea>> = {
  ...{ us: 'north-america', ca: 'north-america', mx: 'north-america', br: 'south-america' },
  ...{ eu: 'european-union', uk: 'europe', ch: 'europe', za: 'africa' },
  ...{ bh: 'middle-east', ae: 'middle-east', il: 'middle-east' },
  ...{ in: 'south-asia', sg: 'south-east-asia', id: 'south-east-asia', my: 'south-east-asia', th: 'south-east-asia' },
  ...{ hk: 'east-asia', tw: 'east-asia', jp: 'east-asia', kr: 'east-asia', au: 'oceania' },
};

const EU_MEMBERS =
  'austria|austrian|belgium|belgian|bulgaria|bulgarian|croatia|croatian|cyprus|czechia|czech republic|czech|denmark|danish|estonia|estonian|finland|finnish|france|french|germany|german|greece|greek|hungary|hungarian|ireland|irish|italy|italian|latvia|lithuania|luxembourg|malta|netherlands|dutch|poland|polish|portugal|portuguese|romania|romanian|slovakia|slovenia|spain|spanish|sweden|swedish|benelux';

/** Words for areas that no list of the catalog holds. */
const AREA_WORDS: ReadonlyArray<[words: string, areas: readonly UserArea[]]> = [
  [EU_MEMBERS, ['european-union']],
  [
    'worldwide|world-wide|globally|global users|global customers|global audience|around the world|all over the world',
    ['worldwide'],
  ],
  [
    'us east coast|us west coast|east coast|west coast|north american|america|american|canadian|mexican|the states',
    ['north-america'],
  ],
  [
    'south american|latin america|latam|brazilian|argentina|argentinian|chile|chilean|colombia|peru|uruguay',
    ['south-america'],
  ],
  ['european|british|britain|great britain|england|scotland|wales|swiss|norway|norwegian|iceland', ['europe']],
  ['ukraine|serbia|dach|nordics|scandinavia', ['europe']],
  ['saudi arabia|saudi|dubai|israeli|qatar|kuwait|oman|gulf', ['middle-east']],
  ['kazakhstan|uzbekistan', ['central-asia']],
  ['african|nigeria|nigerian|kenya|kenyan|egypt|egyptian|morocco|ghana', ['africa']],
  ['indian|pakistan|bangladesh|sri lanka|nepal', ['south-asia']],
  [
    'southeast asia|south east asia|asean|vietnam|vietnamese|philippines|indonesian|thai|malaysian|cambodia',
    ['south-east-asia'],
  ],
  ['japanese|korea|korean|china|chinese|taiwanese', ['east-asia']],
  ['australian|new zealand|anz', ['oceania']],
  ['asia|asian', ['south-asia', 'south-east-asia', 'east-asia']],
  ['apac|asia-pacific|asia pacific', ['south-asia', 'south-east-asia', 'east-asia', 'oceania']],
  ['emea', ['europe', 'middle-east', 'africa']],
];
const SHORT_JURISDICTIONS: Readonly<Record<string, Jurisdiction>> = {
  ...{ eu: 'eu', usa: 'us', 'u.s.': 'us', 'u.s': 'us', uk: 'uk', 'u.k.': 'uk', emirates: 'ae', uae: 'ae' },
};

function meanings(): Map<string, PlaceMeaning> {
  const found = new Map<string, PlaceMeaning>();
  const add = (word: string, meaning: PlaceMeaning) => found.set(word, { ...found.get(word), ...meaning });
  for (const area of USER_AREAS) {
    add(area, { areas: [area] });
    add(area.replaceAll('-', ' '), { areas: [area] });
  }
  for (const [words, areas] of AREA_WORDS) for (const word of words.split('|')) add(word, { areas });
  const law = (word: string, jurisdiction: Jurisdiction) =>
    add(word, { areas: [JURISDICTION_AREAS[jurisdiction]], jurisdiction });
  for (const jurisdiction of JURISDICTIONS) law(JURISDICTION_NAMES[jurisdiction].toLowerCase(), jurisdiction);
  for (const [word, jurisdiction] of Object.entries(SHORT_JURISDICTIONS)) law(word, jurisdiction);
  for (const region of REGION_IDS) {
    const { place, jurisdiction } = regionFact(region);
    const areas = [JURISDICTION_AREAS[jurisdiction]];
    add(region, { areas, region });
    for (const name of [place, place.replace(/^n-/, 'north-'), place.replace(/^n-/, '')])
      for (const word of [name, name.replaceAll('-', ' ')]) add(word, { areas, region });
  }
  for (const [word, region] of Object.entries(REGION_ALIASES))
    add(word, { areas: [JURISDICTION_AREAS[regionFact(region).jurisdiction]], region });
  return found;
}

/** What people call the places of regions. */
const REGION_ALIASES: Readonly<Record<string, string>> = {
  ...{ dublin: 'eu-west-1', 'são paulo': 'sa-east-1', 'northern virginia': 'us-east-1', 'n. virginia': 'us-east-1' },
  ...{ 'northern california': 'us-west-1', montréal: 'ca-central-1', zürich: 'eu-central-2' },
};

const MEANINGS = meanings();
const WORDS = [...MEANINGS.keys()].sort((a, b) => b.length - a.length);
const PLACE = new RegExp(
  `(?<![\\p{L}\\p{N}_.-])(?:${WORDS.map((word) => word.replaceAll('.', '\\.')).join('|')})(?![\\p{L}\\p{N}_]|-\\p{L}+-\\d|\\.\\p{L})`,
  'giu',
);
/** "us" is a place in capitals, and in small letters only where it cannot be the pronoun. */
const UNITED_STATES =
  /(?<![\p{L}\p{N}_.-])(?:US(?!\$|D\b|-\p{Ll}|[ -]?dollars?)|us(?=\s+(?:users?|customers?|clients?|traffic|east|west|citizens)\b|\s{0,2}(?:and|,|\/|\+|&)\s{0,2}(?:the )?(?:eu|europe|uk)\b)|(?<=\b(?:eu|europe|uk|the)\s{0,2}(?:and|,|\/|\+|&)?\s{0,2})us)(?![\p{L}\p{N}_$]|-\p{Ll}+-\d)/gu;
const UNKNOWN_REGION = /(?<![\p{L}\p{N}_.-])[a-z]{2}(?:-[a-z]+){1,2}-\d(?![\p{L}\p{N}_-])/gu;

/** Words that mean an area and nothing smaller. */
const WHOLE_AREAS: ReadonlySet<string> = new Set([
  ...USER_AREAS.flatMap((area) => [area, area.replaceAll('-', ' ')]),
  ...[
    'eu',
    'european',
    'african',
    'north american',
    'south american',
    'asia',
    'asian',
    'apac',
    'asia-pacific',
    'asia pacific',
  ],
  ...['emea', 'southeast asia', 'south east asia', 'latin america', 'latam', 'world-wide', 'globally', 'global users'],
  ...['global customers', 'global audience', 'around the world', 'all over the world'],
]);

/** Whether a word for a place means the areas that it is counted in, and not a part of one. */
export function isWholeArea(word: string): boolean {
  return WHOLE_AREAS.has(word.toLowerCase());
}

/** Whether the name of a region is that of a country, too: Ireland, and not Virginia. */
export function isCountry(word: string): boolean {
  return /^(?:ireland|spain)$/i.test(word) || placeMeaning(word)?.jurisdiction !== undefined;
}

/** Every place that a text names, in its order. An id that looks like a region's but is none counts as a region. */
export function placesIn(text: string): PlaceMention[] {
  const known = [...text.matchAll(PLACE)].map((match) => ({
    ...(MEANINGS.get(match[0].toLowerCase()) ?? { areas: [] }),
    ...at(match),
  }));
  const states = [...text.matchAll(UNITED_STATES)]
    .filter(({ index = 0 }) => !known.some(({ start, end }) => index >= start && index < end))
    .map((match) => ({ areas: [JURISDICTION_AREAS.us], jurisdiction: 'us' as const, ...at(match) }));
  const unknown = [...text.matchAll(UNKNOWN_REGION)]
    .filter((match) => !MEANINGS.has(match[0]))
    .map((match) => ({ areas: [], region: match[0], ...at(match) }));
  return [...known, ...states, ...unknown].sort((a, b) => a.start - b.start);
}

function at(match: RegExpMatchArray): Pick<PlaceMention, 'word' | 'start' | 'end'> {
  const start = match.index ?? 0;
  return { word: match[0], start, end: start + match[0].length };
}

/** What a value such as "virginia", "eu-west-1" or "germany" means; undefined for a word that is no place. */
export function placeMeaning(word: string): PlaceMeaning | undefined {
  const plain = word.trim().toLowerCase();
  return MEANINGS.get(plain === 'us' ? 'usa' : plain);
}
