import { isUserArea, USER_AREAS } from '../../catalog/areas';
import { isKnownJurisdiction, JURISDICTIONS } from '../../catalog/jurisdictions';
import { type IntakeKey, intakeKeySchema, type RequestFacts, requestFactsSchema } from '../../contracts/intake';
import { platformKindSchema } from '../../contracts/region';
import type { RequestProblem } from '../../contracts/request';
import { receivedWords } from '../request-shape';
import { placeMeaning } from './places';
import { type Quantity, quantitiesIn } from './quantities';
import { tierWords } from './recovery-tiers';
import { sizesIn } from './sizes';

const ENGINE_WORDS: ReadonlyArray<[RegExp, 'postgresql' | 'dynamodb' | 'redis' | 's3']> = [
  [/^(aurora )?(postgres(ql)?|postgre|pg)$/, 'postgresql'],
  [/^dynamo ?db$|^dynamo$/, 'dynamodb'],
  [/^redis$/, 'redis'],
  [/^s3( bucket)?$/, 's3'],
];
const ENVIRONMENT_WORDS: Readonly<Record<string, 'development' | 'staging' | 'production'>> = {
  ...{ development: 'development', dev: 'development', staging: 'staging', stage: 'staging' },
  ...{ production: 'production', prod: 'production' },
};
const NONE = /^(none|no|nothing|-)$/;

interface FactReader {
  /** what may be answered, in words */
  valid: string;
  read(value: string): Partial<Record<keyof RequestFacts, unknown>> | undefined;
}

/** How the value of each key is written, by a person who answers a question, by rules and by a model alike. */
const READERS: Readonly<Record<IntakeKey, FactReader>> = {
  application: {
    valid: 'a name of 2 to 32 lower-case letters, digits or dashes',
    read: (value) => ({ application: value.toLowerCase().replace(/\s+/g, '-') }),
  },
  environment: {
    valid: 'development, staging or production',
    read: (value) => ({ environment: ENVIRONMENT_WORDS[value.toLowerCase()] ?? value }),
  },
  criticality: {
    valid: `standard or critical; unless said otherwise, standard means ${tierWords('standard')}, critical ${tierWords('critical')}`,
    read: (value) => ({ criticality: value.toLowerCase() }),
  },
  platform: {
    valid: platformKindSchema.options.filter((kind) => kind !== 'fake').join(' or '),
    read: (value) => ({ platform: value.toLowerCase() }),
  },
  hostname: {
    valid: 'a host name, for example orders.example.com',
    read: (value) => ({ hostname: value.toLowerCase() }),
  },
  users: {
    valid: `areas with percents or without, for example "north-america 60, europe 40": ${USER_AREAS.join(', ')}`,
    read: readUsers,
  },
  percentile: { valid: 'a number from 50 to 99.9, for example 95', read: (value) => percentile(value) },
  latency: {
    valid: 'a duration with its unit, for example 80 ms',
    read: (value) => measured('latencyMs', value, 'ms', 1),
  },
  timed: { valid: 'read or write', read: (value) => ({ timed: value.toLowerCase().replace(/s$/, '') }) },
  frameworks: { valid: 'names such as gdpr, pci', read: (value) => ({ frameworks: list(value.toLowerCase()) }) },
  'personal-data': { valid: 'yes or no', read: (value) => yesOrNo(value, 'personalData') },
  residency: { valid: `none, or one of ${JURISDICTIONS.join(', ')}`, read: readResidency },
  budget: {
    valid: 'US dollars a month, for example 1500',
    read: (value) => measured('budgetUsd', value, 'usd', 1),
  },
  rto: {
    valid: 'a duration with its unit, for example 15 minutes',
    read: (value) => measured('rtoSeconds', value, 'ms', 1_000),
  },
  rpo: {
    valid: '0, or a duration with its unit, for example 1 minute',
    read: (value) => measured('rpoSeconds', value, 'ms', 1_000),
  },
  regions: { valid: 'none, or regions by id or place, for example eu-west-1, virginia', read: readRegions('regions') },
  excluded: { valid: 'none, or regions by id or place', read: readRegions('excluded') },
  image: {
    valid: 'a container image, for example ghcr.io/acme/orders:1.4',
    read: (value) => (/\s/.test(value) ? undefined : { image: value }),
  },
  stores: {
    valid: 'none, or of postgresql, dynamodb, s3, with a name and size or without: "ledger: postgresql 500 GB"',
    read: readStores,
  },
  consistency: { valid: 'strong, eventual or causal', read: (value) => ({ consistency: value.toLowerCase() }) },
};

/** What a key takes, in words. */
export function validAnswer(key: IntakeKey): string {
  return READERS[key].valid;
}

/** One fact as it was written, for example `latency`, `80 ms`: read, or what is wrong with it. */
export function readFact(key: string, value: string): { facts: RequestFacts } | { problem: RequestProblem } {
  const known = intakeKeySchema.safeParse(key);
  if (!known.success) {
    const valid = `one of ${intakeKeySchema.options.join(', ')}`;
    return { problem: { field: 'answer', received: receivedWords(key), valid } };
  }
  const { valid, read } = READERS[known.data];
  const facts = requestFactsSchema.safeParse(read(value.trim()));
  if (facts.success) return { facts: facts.data };
  return { problem: { field: known.data, received: receivedWords(value), valid } };
}

function list(value: string): string[] {
  return value.split(/\s*[,;]\s*|\s+and\s+/).filter((one) => one !== '');
}

/** What may stand around a number without changing it. */
const AROUND_A_NUMBER =
  /^(?:\s|<|\/|\b(?:under|below|within|at|most|about|up|to|max|a|per|each|month|monthly|mo)\b)*$/i;

function measured(field: keyof RequestFacts, value: string, unit: Quantity['unit'], perUnit: number) {
  const found = quantitiesIn(value);
  const [quantity] = found;
  if (found.length !== 1 || quantity?.value === undefined || quantity.per === 'other') return undefined;
  if (!AROUND_A_NUMBER.test(value.replace(quantity.text, ''))) return undefined;
  // dollars are the only money; nothing takes no time in any unit; 80 of what is not known
  if (quantity.unit === 'count')
    return unit === 'usd' || quantity.value === 0 ? { [field]: quantity.value } : undefined;
  return quantity.unit === unit ? { [field]: quantity.value / perUnit } : undefined;
}

function percentile(value: string) {
  const [quantity, ...more] = quantitiesIn(value);
  const isOne = more.length === 0 && quantity && ['percentile', 'percent', 'count'].includes(quantity.unit);
  return isOne ? { percentile: quantity.value } : undefined;
}

function yesOrNo(value: string, field: keyof RequestFacts) {
  return /^(yes|no|true|false)$/i.test(value) ? { [field]: /^(yes|true)$/i.test(value) } : undefined;
}

function readUsers(value: string) {
  const users = list(value).map((one) => {
    const [, place = one, percent] = /^(.*?)\s+(\d+(?:\.\d+)?)\s*(?:%|percent)?$/.exec(one) ?? [];
    const areas = isUserArea(place.toLowerCase()) ? [place.toLowerCase()] : placeMeaning(place)?.areas;
    return areas?.map((area) => ({ area, ...(percent && { share: Number(percent) / areas.length }) }));
  });
  return users.some((areas) => !areas) ? undefined : { users: mergedUsers(users.flatMap((areas) => areas ?? [])) };
}

/** Germany and France are one area, whose users are those of both. */
function mergedUsers(users: ReadonlyArray<{ area: string; share?: number }>) {
  const shares = new Map<string, number | undefined>();
  for (const { area, share } of users) {
    const before = shares.get(area);
    shares.set(area, share === undefined && before === undefined ? undefined : (before ?? 0) + (share ?? 0));
  }
  return [...shares].map(([area, share]) => ({ area, ...(share !== undefined && { share }) }));
}

function readResidency(value: string) {
  if (NONE.test(value.toLowerCase())) return { residency: [] };
  const read = list(value.toLowerCase()).map((one) =>
    isKnownJurisdiction(one) ? one : placeMeaning(one)?.jurisdiction,
  );
  return read.length === 0 || read.includes(undefined) ? undefined : { residency: [...new Set(read)] };
}

function readRegions(field: 'regions' | 'excluded') {
  return (value: string) => {
    if (NONE.test(value.toLowerCase())) return { [field]: [] };
    const read = list(value.toLowerCase()).map((one) => placeMeaning(one)?.region ?? regionLike(one));
    return read.length === 0 || read.includes(undefined) ? undefined : { [field]: [...new Set(read)] };
  };
}

/** An id that no region has is kept: the check of the request names the nearest ones. */
function regionLike(word: string): string | undefined {
  return /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(word) ? word : undefined;
}

function readStores(value: string) {
  if (NONE.test(value.toLowerCase())) return { stores: [] };
  const stores = list(value.toLowerCase()).map((one) => {
    const [size, ...more] = sizesIn(one);
    if (more.length > 0) return undefined;
    const sizeless = one.replace(size?.text ?? '', '').trim();
    const [engineWord, name] = sizeless.includes(':') ? sizeless.split(/\s*:\s*/).reverse() : [sizeless];
    const engine = ENGINE_WORDS.find(([pattern]) => pattern.test(engineWord ?? ''))?.[1];
    return engine && { engine, ...(name && { name }), ...(size && { storageGb: size.gb }) };
  });
  return stores.includes(undefined) ? undefined : { stores };
}
