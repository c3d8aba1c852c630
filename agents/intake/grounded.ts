import { type IntakeKey, intakeKeySchema, type RequestFacts, type Unclear } from '../../contracts/intake';
import { readFact } from '../../policies/intake/fact-lines';
import { placesIn } from '../../policies/intake/places';
import { type Quantity, quantitiesIn } from '../../policies/intake/quantities';
import { readSentence } from './rules/read-sentence';

/** Lines `key: value` as facts, and what of them was left out, in words. */
export interface LinesReading {
  facts: RequestFacts;
  unclear: Unclear[];
  leftOut: string[];
}

type IsSaid = (facts: RequestFacts, sentence: string) => boolean;

/**
 * When a fact counts as said. Numbers must stand in the sentence with the right unit, names and words as they are;
 * where data must stay and how critical something is take words that speak of it: nobody may infer them.
 */
const IS_SAID: Readonly<Record<IntakeKey, IsSaid>> = {
  application: ({ application = '' }, sentence) => application.split('-').every((word) => hasWord(sentence, word)),
  environment: ({ environment }, sentence) => says(sentence, 'environment', environment),
  criticality: ({ criticality }, sentence) => says(sentence, 'criticality', criticality),
  platform: ({ platform }, sentence) => says(sentence, 'platform', platform),
  hostname: ({ hostname = '' }, sentence) => hasWord(sentence, hostname),
  users: ({ users = [] }, sentence) =>
    users.every(({ area, share }) => namesArea(sentence, area) && (share === undefined || hasPercents(sentence))),
  percentile: ({ percentile }, sentence) => hasQuantity(sentence, percentile, ['percentile', 'percent']),
  latency: ({ latencyMs }, sentence) => hasQuantity(sentence, latencyMs, ['ms']),
  timed: ({ timed = '' }, sentence) => new RegExp(`\\b${timed}`, 'i').test(sentence),
  frameworks: ({ frameworks = [] }, sentence) => frameworks.every((name) => hasWord(sentence, name)),
  'personal-data': (_facts, sentence) =>
    /\b(?:personal|customer|patient|user|client)s? (?:data|information|records|details)\b|\bpii\b/i.test(sentence),
  residency: ({ residency = [] }, sentence) => residencyIsSaid(sentence, residency),
  budget: ({ budgetUsd }, sentence) =>
    quantitiesIn(sentence).some(({ unit, value, per }) => unit === 'usd' && value === budgetUsd && per !== 'other'),
  rto: ({ rtoSeconds = Number.NaN }, sentence) => hasQuantity(sentence, rtoSeconds * 1_000, ['ms']),
  rpo: ({ rpoSeconds = Number.NaN }, sentence) =>
    hasQuantity(sentence, rpoSeconds * 1_000, ['ms']) || (rpoSeconds === 0 && says(sentence, 'rpo', 0)),
  regions: ({ regions = [] }, sentence) => regions.every((region) => namesRegion(sentence, region)),
  excluded: ({ excluded = [] }, sentence) => excluded.every((region) => namesRegion(sentence, region)),
  image: ({ image = '' }, sentence) => hasWord(sentence, image),
  stores: ({ stores = [] }, sentence) => storesAreSaid(sentence, stores),
  consistency: ({ consistency = '' }, sentence) => new RegExp(`\\b${consistency}`, 'i').test(sentence),
};

/** Left out, these get the value that they have when nobody speaks of them; anything else is asked. */
const HAS_DEFAULT: ReadonlySet<IntakeKey> = new Set([
  ...(['environment', 'platform', 'hostname', 'percentile', 'timed', 'consistency', 'personal-data'] as const),
]);

/**
 * Reads lines of a model against the sentence: a fact that the sentence does not hold, or that is not valid, is left
 * out and said, and asked where it has no default. Nothing of the lines gets through unread.
 */
export function readGroundedLines(lines: readonly string[], sentence: string): LinesReading {
  const reading: LinesReading = { facts: {}, unclear: [], leftOut: [] };
  for (const line of lines) {
    const [, written = '', value = ''] = /^\s*([a-z-]+)\s*:\s*(.+?)\s*$/i.exec(line) ?? [];
    const key = intakeKeySchema.safeParse(written.toLowerCase()).data;
    const read = key && readFact(key, value);
    if (read && 'facts' in read && IS_SAID[key](read.facts, sentence)) {
      Object.assign(reading.facts, read.facts);
      continue;
    }
    reading.leftOut.push(line);
    if (key && !HAS_DEFAULT.has(key)) reading.unclear.push({ key, why: 'it could not be read for certain' });
  }
  return reading;
}

/** Lines of the deterministic reader: true by the way they are made. */
export function readRulesLines(sentence: string): Pick<LinesReading, 'facts' | 'unclear'> {
  const { lines, unclear } = readSentence(sentence);
  const facts: RequestFacts = {};
  const unread: Unclear[] = [];
  for (const line of lines) {
    const [, key = '', value = ''] = /^([a-z-]+): (.+)$/.exec(line) ?? [];
    const read = readFact(key, value);
    if ('facts' in read) Object.assign(facts, read.facts);
    else unread.push({ key: intakeKeySchema.parse(key), why: `"${value}" is not valid` });
  }
  return { facts: withoutHalves(facts, unclear), unclear: [...unclear, ...unread] };
}

/** Places that were read beside one that could not be are no answer. */
function withoutHalves(facts: RequestFacts, unclear: readonly Unclear[]): RequestFacts {
  const half = unclear.map(({ key }) => key).filter((key) => key === 'users' || key === 'regions');
  return Object.fromEntries(Object.entries(facts).filter(([field]) => !half.some((key) => key === field)));
}

/** What the deterministic reader can see of a key, whichever of several values it is. */
function says(sentence: string, key: IntakeKey, value: string | number | undefined): boolean {
  const { facts, unclear } = readRulesLines(sentence);
  const field = key === 'rpo' ? facts.rpoSeconds : facts[key as 'environment' | 'criticality' | 'platform'];
  if (field !== undefined) return field === value;
  return unclear.some((one) => one.key === key && one.why.includes(String(value)));
}

/** Letters, digits and dots that touch a word are part of another one. */
function hasWord(sentence: string, word: string): boolean {
  const escaped = word.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return word !== '' && new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'u').test(sentence.toLowerCase());
}

function hasQuantity(sentence: string, value: number | undefined, units: readonly Quantity['unit'][]): boolean {
  return quantitiesIn(sentence).some((one) => units.includes(one.unit) && one.value === value);
}

function hasPercents(sentence: string): boolean {
  return quantitiesIn(sentence).some(({ unit }) => unit === 'percent');
}

function namesArea(sentence: string, area: string): boolean {
  return placesIn(sentence).some(({ areas }) => areas.some((one) => one === area));
}

function namesRegion(sentence: string, region: string): boolean {
  return placesIn(sentence).some((place) => place.region === region);
}

const RESIDENCY_WORDS =
  /\b(?:residen\w+|reside|sovereign\w*|stay\w*|remain\w*|stored?|kept|keep|leaves?|only|inside|within|locali[sz]\w+)\b/i;

function residencyIsSaid(sentence: string, residency: readonly string[]): boolean {
  if (residency.length === 0) return readRulesLines(sentence).facts.residency?.length === 0;
  const named = placesIn(sentence).map(({ jurisdiction }) => jurisdiction);
  return RESIDENCY_WORDS.test(sentence) && residency.every((one) => named.some((jurisdiction) => jurisdiction === one));
}

function storesAreSaid(sentence: string, stores: NonNullable<RequestFacts['stores']>): boolean {
  const read = readRulesLines(sentence).facts.stores;
  if (stores.length === 0) return read?.length === 0;
  return stores.every(
    ({ engine, name }) => read?.some((one) => one.engine === engine) && (name === undefined || hasWord(sentence, name)),
  );
}
