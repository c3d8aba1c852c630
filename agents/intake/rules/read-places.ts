import type { PlaceMention } from '../../../policies/intake/places';
import { isCountry, placesIn } from '../../../policies/intake/places';
import { type Quantity, quantitiesIn } from '../../../policies/intake/quantities';
import { isPromised } from './read-durations';
import { type SaidFacts, said, unclear } from './said-facts';

type Role = 'must-be' | 'users' | 'no-users' | 'regions' | 'excluded' | 'residency' | 'no-residency';

/** Places that are named together: "EU and US", "Virginia, Ireland and Singapore". They share what they are for. */
interface PlaceList {
  places: PlaceMention[];
  /** the words around it, within its clause */
  before: string;
  after: string;
}

const BETWEEN =
  /^(?:[\s,;/&+()]|\band\b|\bor\b|\bplus\b|\bthe\b|\bin\b|\bfrom\b|\bat\b|\d+(?:\.\d+)? ?(?:%|percent)?)*$/i;
const PEOPLE = 'users?|customers?|clients?|people|visitors?|audience|traffic|shoppers?|citizens?|patients?|players?';
const USERS_AFTER = new RegExp(`^[\\s-]*(?:based )?(?:\\w+ )?(?:${PEOPLE})\\b`, 'i');
const USERS_BEFORE = new RegExp(
  `\\b(?:${PEOPLE})\\b(?: (?:are|sit|live|come|is|mostly|mainly|all|located|based|both))*(?: (?:in|from|across|at|near|of|around))?(?: the)?(?: \\d+ ?(?:%|percent)(?: in)?)?\\W*$`,
  'i',
);
const STAY = 'stays?|remains?|resides?|stored|kept|keep|held|hosted only|live|lives|never leave|never leaves|not leave';
const STAY_BEFORE = new RegExp(`\\b(?:${STAY})\\b(?: (?:only|in|inside|within|strictly))*(?: the)?\\s*$`, 'i');
/** Whether it is data, users or the application that "must be" somewhere, and that it is a rule about data, is asked. */
const MUST_BE_BEFORE =
  /\b(?:must|has to|have to|needs? to|shall|should)(?: only| all)? (?:be|run)(?: (?:hosted|served|run|deployed|located|processed|only|strictly|all))* (?:in|inside|within|from)(?: the)?\s*$/i;
const RESIDENCY_BEFORE =
  /\b(?:residency|sovereignty|localisation|localization)\b[\s:=]*(?:(?:is|in|must be) )*(?:the )?$/i;
const RESIDENCY_AFTER = /^(?:[\s-]+(?:only|data residency|residency|data sovereignty|data only))\b/i;
const NEED_NOT = /\b(?:need not|needn't|don't need|do not need|doesn't|does not|not have to|no need)\b/i;
const NO_RESIDENCY =
  /\bno (?:data )?residency\b|\bresidency[:=]? ?none\b|\bdata (?:may|can) (?:be (?:kept|stored|held) |live |go )?(?:any|every)where\b/i;
/** Data that must not be somewhere: a rule, but not that it stays there. */
const FORBIDDEN = /\b(?:not|never|nowhere|cannot)\b|n't\b/i;
const EXCLUDED_BEFORE =
  /(?:\b(?:not|never|avoid\w*|except|exclud\w+|without|no|out of|away from|clear of|outside|other than|rather than|instead of)|n't)(?: (?:be|run|use|using|deploy|deployed|host|hosted|in|on|to|into|of|for|from|any|anything|the))*\s*$/i;
const REGIONS_BEFORE = /\b(?:in|to|on|into|across|regions?:?|between|using|use|over)(?: aws| regions?)?(?: the)?\s*$/i;
const PEOPLE_FOR = /\bfor(?: the)?\s*$/i;

/** A percent this far from a place is about something else; one across a comma belongs to the next place. */
const FARTHEST_PERCENT = 25;
const ACROSS_COMMA = 20;
/** A name that goes on a list of places, or begins one, and that the catalog does not hold. */
const UNKNOWN_AFTER = /^(?:,| and|, and| or|, or| &) (?:in )?(\p{Lu}\p{Ll}{2,})/u;
const UNKNOWN_BEFORE = /\b(?:in|to|on|across|from) (\p{Lu}\p{Ll}{2,})(?:,| and| or| &) $/u;

/** Where users are, which regions are wanted or not, and where data must stay. */
export function readPlaces(sentence: string): SaidFacts[] {
  const lists = placeLists(sentence).map((list) => ({ list, role: roleOf(list) }));
  const inRole = (role: Role) => lists.filter((one) => one.role === role).flatMap(({ list }) => list.places);
  return [
    users(inRole('users'), sentence),
    ...inRole('no-users').map(({ word }) => unclear('users', `it says "${word}" and "not"`)),
    regions('regions', inRole('regions')),
    regions('excluded', inRole('excluded')),
    residency(
      lists.filter(({ role }) => role === 'residency').map(({ list }) => list.places),
      inRole('must-be'),
      inRole('no-residency'),
      sentence,
    ),
    ...lists.map(({ list, role }) => unknownPlace(list, role)),
  ];
}

/** Half a list is worse than none: the person says which places are meant. */
function unknownPlace({ before, after }: PlaceList, role: Role): SaidFacts {
  const word = UNKNOWN_AFTER.exec(after)?.[1] ?? UNKNOWN_BEFORE.exec(before)?.[1];
  if (word === undefined || (role !== 'regions' && role !== 'users' && role !== 'excluded'))
    return { lines: [], unclear: [] };
  return unclear(role, `"${word}" is no place of the catalog`);
}

function placeLists(sentence: string): PlaceList[] {
  const lists: PlaceMention[][] = [];
  for (const place of placesIn(sentence)) {
    const list = lists.at(-1);
    const last = list?.at(-1);
    if (list && last && BETWEEN.test(sentence.slice(last.end, place.start))) list.push(place);
    else lists.push([place]);
  }
  return lists.map((places) => ({
    places,
    before: /[^.;]*$/.exec(sentence.slice(0, places[0]?.start))?.[0].slice(-60) ?? '',
    after: sentence.slice(places.at(-1)?.end).slice(0, 40),
  }));
}

function roleOf({ places, before, after }: PlaceList): Role {
  const isKept = RESIDENCY_BEFORE.test(before) || STAY_BEFORE.test(before);
  if (isKept || (RESIDENCY_AFTER.test(after) && !places.every(isPlaceOnly)))
    return NEED_NOT.test(before) || isForbidden(before) ? 'no-residency' : 'residency';
  if (MUST_BE_BEFORE.test(before) && places.every(({ jurisdiction, region }) => jurisdiction && !region))
    return 'must-be';
  if (EXCLUDED_BEFORE.test(before)) return places.every(({ region }) => region) ? 'excluded' : 'no-users';
  if (USERS_AFTER.test(after) || USERS_BEFORE.test(before) || PEOPLE_FOR.test(before))
    return isIds(places) ? 'regions' : 'users';
  if (places.every(({ region }) => region) && (REGIONS_BEFORE.test(before) || places.some(isPlaceOnly)))
    return 'regions';
  return 'users';
}

/** "must not be stored in the US"; but what must never leave stays. */
function isForbidden(before: string): boolean {
  const clause = /[^,]*$/.exec(before)?.[0] ?? '';
  return FORBIDDEN.test(clause.replace(/\b(?:not|never) leaves?\b/gi, ''));
}

/** A region id says nothing about users, whatever stands around it. */
function isIds(places: readonly PlaceMention[]): boolean {
  return places.every(({ word }) => /-\d$/.test(word));
}

/** Virginia is a region and no country: Ireland is both. */
function isPlaceOnly({ region, word }: PlaceMention): boolean {
  return region !== undefined && !isCountry(word);
}

function users(places: readonly PlaceMention[], sentence: string): SaidFacts {
  if (places.length === 0) return { lines: [], unclear: [] };
  const percents = quantitiesIn(sentence).filter((one) => one.unit === 'percent' && !isPromised(one, sentence));
  const words = places.map((place) => {
    const percent = percentOf(place, places, percents, sentence);
    return `${place.word.toLowerCase()}${percent === undefined ? '' : ` ${percent}`}`;
  });
  return said('users', [...new Set(words)].join(', '));
}

/** Percents and places alternate: each percent belongs to the place that is nearest to it. */
function percentOf(
  place: PlaceMention,
  places: readonly PlaceMention[],
  percents: readonly Quantity[],
  sentence: string,
): number | undefined {
  const mine = percents.find((percent) => {
    const nearest = [...places].sort((a, b) => gap(a, percent, sentence) - gap(b, percent, sentence))[0];
    return nearest === place && gap(place, percent, sentence) < FARTHEST_PERCENT && isBeside(place, percent, sentence);
  });
  return mine?.value;
}

/** What may stand between a place and its share. */
const SHARE_WORDS = new RegExp(
  `^(?:[\\s(:=-]|\\b(?:${PEOPLE}|of|in|at|from|the|our|all|their|are|is|sit|live|comes?|located|based|with|has|have|about|around|roughly|some|being)\\b)*$`,
  'i',
);

function isBeside(place: PlaceMention, percent: Quantity, sentence: string): boolean {
  return SHARE_WORDS.test(betweenOf(place, percent, sentence));
}

function betweenOf(place: PlaceMention, percent: Quantity, sentence: string): string {
  const [from, to] = percent.end <= place.start ? [percent.end, place.start] : [place.end, percent.start];
  return sentence.slice(from, to);
}

function gap(place: PlaceMention, percent: Quantity, sentence: string): number {
  const between = betweenOf(place, percent, sentence);
  return between.length + (/[,;]|\band\b/.test(between) ? ACROSS_COMMA : 0);
}

function regions(key: 'regions' | 'excluded', places: readonly PlaceMention[]): SaidFacts {
  const ids = [...new Set(places.flatMap(({ region }) => region ?? []))];
  return said(key, ids.length > 0 ? ids.join(', ') : undefined);
}

function residency(
  stay: readonly PlaceMention[][],
  mustBe: readonly PlaceMention[],
  needNot: readonly PlaceMention[],
  sentence: string,
): SaidFacts {
  const none = NO_RESIDENCY.test(sentence);
  if (needNot.length > 0) return unclear('residency', 'the sentence says where data need not or must not be');
  const places = stay.flat();
  const country = places.find(({ jurisdiction }) => jurisdiction === undefined);
  if (country) return unclear('residency', `"${country.word}" is no jurisdiction that Meridian can keep data in`);
  if (none && places.length > 0)
    return unclear('residency', 'the sentence says both that data must stay somewhere and that it need not');
  // one list is one rule; two that differ are two rules, and a request has one
  const rules = [...stay, ...(mustBe.length > 0 ? [mustBe] : [])].map(jurisdictionsOf);
  if (new Set(rules).size > 1)
    return unclear('residency', `the sentence names ${[...new Set(rules)].join(' and ')} for it`);
  if (mustBe.length > 0 && places.length === 0)
    return unclear('residency', `it must be in "${mustBe[0]?.word}": is its data meant?`);
  return said('residency', rules[0] ?? (none ? 'none' : undefined));
}

function jurisdictionsOf(places: readonly PlaceMention[]): string {
  return [...new Set(places.map(({ jurisdiction }) => jurisdiction))].sort().join(', ');
}
