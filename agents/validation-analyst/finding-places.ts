import { locations } from '../../catalog/locations';
import { type PlaceNames, placeNames } from '../place-names';
import { CHECK_NAMES } from './check-names';
import type { ValidationFindings } from './validation-findings';

/** Words that stand beside a place in an answer and are none. */
const MEASURES = new Set([
  ...['all', 'of', 'at', 'in', 'and', 'to', 'from', 'by', 'phase', 'read', 'reads', 'write', 'writes', 'tasks'],
  ...['detect', 'decide', 'fence', 'promote', 'shift', 'verify'],
  ...['rto', 'rpo', 'load', 'drill', 'failed', ...CHECK_NAMES],
]);
/** `sao paulo` has two words, `cape town` too; one more does no harm. */
const MOST_WORDS = 3;
/** Characters; a prompt has no room for a longer name. */
const LONGEST_PLACE = 20;

/** Regions and latency locations by the names under which a prompt and its answer speak of them. */
export interface FindingPlaces extends PlaceNames {
  /** a latency location as one word: `sao-paulo` → `saopaulo` */
  locationName(location: string): string;
  /** the words of a text that are no place of these findings, no location of the catalog and no measure */
  unknownWords(text: string, options?: { anyRegion: boolean }): string[];
}

/** The places of one validation. */
export function findingPlaces({ regions, latency, drill, lag }: ValidationFindings): FindingPlaces {
  const mine = new Set([
    ...regions,
    ...latency.map(({ servedBy }) => servedBy),
    ...(drill ? [drill.region, drill.promoted] : []),
    ...lag.map(({ region }) => region),
  ]);
  const names = placeNames([...mine]);
  const places = new Set([...locations.map(({ id }) => id), ...latency.map(({ location }) => location)].map(oneWord));
  const stores = new Set(lag.map(({ store }) => oneWord(store)));
  const isKnown = (word: string, anyRegion: boolean) => {
    const region = names.regionOf(word);
    if (region !== undefined && (anyRegion || mine.has(region))) return true;
    return places.has(oneWord(word)) || stores.has(oneWord(word)) || MEASURES.has(word) || /^p?\d+$/.test(word);
  };
  return {
    ...names,
    locationName: oneWord,
    unknownWords: (text, { anyRegion } = { anyRegion: false }) =>
      unknown(text.toLowerCase().match(/[\p{L}\p{M}\p{Nd}.-]+/gu) ?? [], (word) => isKnown(word, anyRegion)),
  };
}

/** Takes the longest known run of words away from the front, again and again; what is left over is unknown. */
function unknown(words: readonly string[], isKnown: (word: string) => boolean): string[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  for (let count = Math.min(MOST_WORDS, words.length); count > 0; count -= 1) {
    if (isKnown(words.slice(0, count).join(count > 1 ? '-' : ''))) return unknown(words.slice(count), isKnown);
  }
  return [first, ...unknown(rest, isKnown)];
}

function oneWord(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, LONGEST_PLACE);
}
