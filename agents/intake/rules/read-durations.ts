import type { IntakeKey } from '../../../contracts/intake';
import { placesIn } from '../../../policies/intake/places';
import { type Quantity, quantitiesIn } from '../../../policies/intake/quantities';
import { agreed, type SaidFacts, said, unclear } from './said-facts';

type DurationKey = Extract<IntakeKey, 'latency' | 'rto' | 'rpo'>;

/** Words that say what a duration is. Verbs stand before it ("back in 15 minutes"), nouns on either side. */
const CUES: ReadonlyArray<{ key: DurationKey; words: RegExp; sides: 'before' | 'both'; cost?: number }> = [
  { key: 'rpo', words: /\b(?:rpo|recovery point(?: objective)?|data loss)\b/gi, sides: 'both' },
  { key: 'rpo', words: /\b(?:los(?:e|es|ing)|lost|loss of)\b/gi, sides: 'before' },
  { key: 'rto', words: /\b(?:rto|recovery time(?: objective)?|downtime|outage|fail ?over)\b/gi, sides: 'both' },
  {
    key: 'rto',
    words: /\b(?:back(?: up| online)?|recover(?:s|ed|y)?|restor(?:e|ed)|up again|down for)\b/gi,
    sides: 'before',
  },
  {
    key: 'latency',
    words: /\b(?:latency|respon(?:se(?: times?)?|ds?|ding)|p ?\d\d(?:\.\d|9)?|percentile|round[ -]?trips?)\b/gi,
    sides: 'both',
  },
  // these say that it is a limit, not of what: a word that does goes first
  {
    key: 'latency',
    words: /\b(?:under|below|within|faster than|less than|max(?:imum)?|up to|at most|answers?|sub)\b|</gi,
    sides: 'before',
    cost: 30,
  },
];
/** A cue across a comma or an "and" belongs to something else, if anything nearer is there. */
const CLAUSE_COST = 40;
const FARTHEST = 90;
/** The longest objective that a request may have, ms: longer durations are something else. */
const LONGEST_LATENCY_MS = 10_000;
const WRITES = '(?:data|orders?|writes?|records?|payments?|transactions?)';
const NOTHING_LOST = new RegExp(
  `\\b(?:no|zero|without(?: any)?) data[- ]loss\\b|\\blos(?:e|ing) (?:nothing|no ${WRITES})\\b` +
    `|(?:\\b(?:not|never|without|cannot)|n't)(?: ever| afford to)? los(?:e|ing) (?:anything|(?:(?:any|a single|one|our|the) )?${WRITES})\\b` +
    `|\\bno ${WRITES} (?:may|can|must|should) (?:ever )?be lost\\b|\\b${WRITES} (?:may|can|must)(?: ?not| never) be lost\\b`,
  'i',
);
/** An objective that is named, and what is said of it where that is no duration. */
const OBJECTIVES = {
  rto: /\b(?:rto|recovery time objective)\b/i,
  rpo: /\b(?:rpo|recovery point objective)\b/i,
} as const;
const ZERO = {
  rto: /\b(?:zero|0) rto\b|\brto(?: (?:of|is|must be|should be))?[\s:=]*(?:zero|0)(?![\d.,]*\d|\s*[a-z])/i,
  rpo: /\b(?:zero|0) rpo\b|\brpo(?: (?:of|is|must be|should be))?[\s:=]*(?:zero|0)(?![\d.,]*\d|\s*(?:ms|s|sec|min|h|day)[a-z]*\b)/i,
} as const;

/** Latency, recovery time and recovery point: each duration goes to the nearest word that can mean it. */
export function readDurations(sentence: string): SaidFacts[] {
  const durations = quantitiesIn(sentence).filter(({ unit }) => unit === 'ms');
  const meant = durations.map((duration) => ({ duration, key: meaningOf(duration, sentence) }));
  const read = (['latency', 'rto', 'rpo'] as const).map((key) => {
    const mine = meant.filter((one) => one.key === key).map(({ duration }) => duration);
    const odd = mine.find(({ value }) => value === undefined);
    if (odd) return unclear(key, `"${odd.text}" can be read as two numbers`);
    const values = mine.map(({ value = 0 }) => (key === 'latency' ? `${value} ms` : `${value / 1_000} s`));
    if (key !== 'latency' && saysZero(key, sentence)) values.push('0 s');
    // a number without a unit, or no number: named, it is never what is usual
    if (key !== 'latency' && values.length === 0 && OBJECTIVES[key].test(sentence))
      return unclear(key, `the sentence names an ${key.toUpperCase()} without a number and its unit`);
    return agreed(key, values, (values) => `the sentence names ${values.join(' and ')}`);
  });
  return [...read, readPercentile(sentence), readTimed(sentence)];
}

function saysZero(key: 'rto' | 'rpo', sentence: string): boolean {
  return ZERO[key].test(sentence) || (key === 'rpo' && NOTHING_LOST.test(sentence));
}

function meaningOf(duration: Quantity, sentence: string): DurationKey | undefined {
  const cues = CUES.filter(({ key }) => key !== 'latency' || (duration.value ?? 0) <= LONGEST_LATENCY_MS);
  const near = cues
    .flatMap(({ key, words, sides, cost: own = 0 }) =>
      [...sentence.matchAll(words)].flatMap((match) => {
        const cost = distance(duration, match, sentence, sides);
        return cost === undefined ? [] : [{ key, cost: own + cost }];
      }),
    )
    .sort((a, b) => a.cost - b.cost)[0];
  if (near && near.cost <= FARTHEST) return near.key;
  // nothing else is counted in milliseconds
  return /ms|milli/i.test(duration.text) ? 'latency' : undefined;
}

function distance(
  { start, end }: Quantity,
  match: RegExpMatchArray,
  sentence: string,
  sides: 'before' | 'both',
): number | undefined {
  const from = match.index ?? 0;
  const to = from + match[0].length;
  if (to <= start) return between(sentence.slice(to, start));
  // the noun after a duration is a little farther than the one before it
  return from >= end && sides === 'both' ? between(sentence.slice(end, from)) + 2 : undefined;
}

function between(text: string): number {
  return text.length + CLAUSE_COST * (text.match(/[,;.]|\band\b|\bbut\b/gi) ?? []).length;
}

/** "p95", "95th percentile", and the percent of users or requests that a duration is promised to. */
function readPercentile(sentence: string): SaidFacts {
  const quantities = quantitiesIn(sentence);
  const percentiles = quantities.filter(({ unit }) => unit === 'percentile');
  const promised = quantities.filter((quantity) => isPromised(quantity, sentence));
  return agreed(
    'percentile',
    [...percentiles, ...promised].flatMap(({ value }) => value ?? []),
    (values) => `the sentence names ${values.join(' and ')}`,
  );
}

const OF_REQUESTS = /^\s*of (?:all |the |our )?(?:requests|reads|writes|calls|responses)\b/i;
const OF_USERS = /^\s*of (?:all |the |our )?(?:users|customers)\b(?!\s*(?:are |sit |live |come )?(?:in|from)\b)/i;

const LIMIT = /(?:\b(?:under|below|within|in|at|less than|faster than|at most|up to)|<)\s*$/i;

/** "95 % of users must see under 100 ms" and "95 % within 100 ms" promise something; "60 % of users in the US" does not. */
export function isPromised({ unit, start, end }: Quantity, sentence: string): boolean {
  if (unit !== 'percent') return false;
  const after = sentence.slice(end);
  if (OF_REQUESTS.test(after)) return true;
  const quantities = quantitiesIn(sentence);
  const durations = quantities.filter((one) => one.unit === 'ms');
  const isFor = durations.some((one) => one.end <= start && /^\s*(?:for|at)\s*$/i.test(sentence.slice(one.end, start)));
  const next = durations.find((one) => one.start >= end);
  const toNext = sentence.slice(end, next?.start);
  const leadsTo = next !== undefined && toNext.length < 60 && !/[,;.]/.test(toNext);
  if (OF_USERS.test(after) && (isFor || leadsTo)) return true;
  if (!leadsTo || !LIMIT.test(toNext) || placesIn(toNext).length > 0) return false;
  // "EU 70 %, Brazil 30 % under 250 ms": a percent at its place among others is a share
  const isAtPlace = placesIn(sentence).some(
    (place) => /^[\s:(=]*$/.test(sentence.slice(place.end, start)) && place.end <= start,
  );
  return !isAtPlace || quantities.filter((one) => one.unit === 'percent').length === 1;
}

function readTimed(sentence: string): SaidFacts {
  const writes = /\bwrites? (?:latency|under|below|within|p ?\d\d)|\bp ?\d\d(?:\.\d)? (?:of |for )?writes?\b/i.test(
    sentence,
  );
  return said('timed', writes ? 'write' : undefined);
}
