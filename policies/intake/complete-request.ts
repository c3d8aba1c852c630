import { capability } from '../../catalog/capabilities';
import type { IntakeKey, RequestFacts, Unclear } from '../../contracts/intake';
import type { PlatformKind } from '../../contracts/region';
import { missingFacts, type Question } from './missing-facts';
import { isCountry, isWholeArea, placesIn } from './places';
import { quantitiesIn } from './quantities';
import { minutes, RECOVERY } from './recovery-tiers';

/** A request that was said, as a file would hold it. While something is asked, it has gaps. */
export interface CompletedRequest {
  draft: Record<string, unknown>;
  /** one sentence for each value that nobody said and that matters */
  assumed: string[];
  /** what must be answered before anything can be planned */
  questions: Question[];
}

export interface CompleteRequestInput {
  facts: RequestFacts;
  unclear: readonly Unclear[];
  /** kept as the notes of the request: the topology architect weighs what no field holds */
  sentence: string;
  /** where this environment deploys, unless the sentence says it */
  platform: PlatformKind;
}

const PERCENTILE = 95;
/** The one program that the lab runs, and the name under which it looks for its database. */
const LAB_IMAGE = 'meridian/sample-orders:1.0';
const LAB_STORE = 'orders';
/** Nobody waits for the load of real users in the lab; a request for production keeps the time of the contract there, too. */
const LAB_BAKE_SECONDS = 5;
/** What services that keep data are about. */
const DATA_WORDS =
  /\b(?:orders?|payments?|billing|invoices?|bookings?|accounts?|profiles?|records?|customers?|users? data|ledger|inventory|catalog(?:ue)?|carts?|checkout|shop|documents?|messages?|data)\b/i;

/**
 * Makes a request of what was said: what can be assumed is, in words; what must not be guessed is asked. The result
 * goes through the same checks as a file.
 */
export function completeRequest(input: CompleteRequestInput): CompletedRequest {
  const { facts, unclear, sentence } = input;
  const platform = facts.platform ?? input.platform;
  const questions = missingFacts(facts, platform, unclear);
  const asked = new Set(questions.map(({ key }) => key));
  const assumed: string[] = facts.stores || asked.has('stores') ? [] : [noDataWords(input)];
  const assume = <Value>(key: IntakeKey, value: Value, words: string): Value | undefined => {
    if (asked.has(key)) return undefined;
    assumed.push(words);
    return value;
  };
  const { application, environment = assume('environment', 'staging', 'environment staging: none was named') } = facts;
  const image =
    facts.image ??
    assume('image', LAB_IMAGE, `${LAB_IMAGE} runs in place of your service: the lab has no other program`);
  const service = { name: 'api', ...(image !== undefined && { image }) };
  if (!asked.has('application') && !asked.has('image'))
    assumed.push('one service "api" on port 8080 with two tasks a region, healthy at /health/live');
  const dataStores = stores(facts, platform);
  assumed.push(...wholeAreas(facts, sentence), ...monthAssumed(facts, sentence));
  const draft = {
    ...(application && { application }),
    ...(environment && { environment }),
    ...(facts.criticality && { criticality: facts.criticality }),
    ...(!asked.has('platform') && { platform: facts.platform ?? platformAssumed(platform, assume) }),
    ...hostname(facts, assume),
    ...users(facts, assume),
    ...latency(facts, assume),
    ...compliance(facts, asked, assume),
    ...(facts.budgetUsd !== undefined && { budget: { usdPerMonth: facts.budgetUsd } }),
    ...recovery(facts, platform, asked, assume),
    ...regions(facts),
    services: [{ ...service, ...(dataStores.length > 0 && { uses: dataStores.map(({ name }) => name) }) }],
    ...(dataStores.length > 0 && { dataStores }),
    rollout: rollout(platform, facts, assumed),
    notes: sentence,
  };
  return { draft, assumed, questions };
}

/** Whoever is asked in words has seen no plan: it is always shown. In the lab there is little to wait for. */
function rollout(platform: PlatformKind, { environment }: RequestFacts, assumed: string[]): object {
  if (platform === 'aws' || environment === 'production') return { approval: 'plan' };
  assumed.push(`${LAB_BAKE_SECONDS} s of bake after each region: the lab has no load of real users`);
  return { approval: 'plan', bakeSeconds: LAB_BAKE_SECONDS };
}

/** "EU" is what its area is called; "Germany" is a part of it. */
function wholeAreas({ users = [] }: RequestFacts, sentence: string): string[] {
  const counted = placesIn(sentence).flatMap(({ word, areas, region }) => {
    const isPart = !isWholeArea(word) && (region === undefined || isCountry(word));
    const mine = areas.filter((area) => users.some((one) => one.area === area));
    return isPart && mine.length > 0 ? [`"${word}" as ${mine.join(', ')}`] : [];
  });
  return counted.length > 0 ? [`users are known by whole areas: ${[...new Set(counted)].join('; ')}`] : [];
}

function monthAssumed({ budgetUsd }: RequestFacts, sentence: string): string[] {
  const named = quantitiesIn(sentence).find(({ unit, value, per }) => unit === 'usd' && value === budgetUsd && !per);
  if (!named || /\bmo(?:nth(?:ly|s)?)?\b/i.test(sentence)) return [];
  return [`the budget of ${budgetUsd} US dollars is taken as per month: no period was named`];
}

type Assume = <Value>(key: IntakeKey, value: Value, words: string) => Value | undefined;

function platformAssumed(platform: PlatformKind, assume: Assume): PlatformKind | undefined {
  return assume(
    'platform',
    platform,
    `platform ${platform}: ${platform === 'lab' ? 'a local environment runs here' : 'none was named'}`,
  );
}

function hostname({ application, hostname: named }: RequestFacts, assume: Assume): { hostname?: string } {
  if (named) return { hostname: named };
  const name = application && `${application}.example.com`;
  const assumed = name && assume('hostname', name, `hostname ${name}: none was named`);
  return assumed ? { hostname: assumed } : {};
}

/** Without shares everybody counts alike; with some, the others share what is left. */
function users({ users: said }: RequestFacts, assume: Assume): object {
  if (!said) return {};
  const known = said.reduce((sum, { share = 0 }) => sum + share, 0);
  const open = said.filter(({ share }) => share === undefined).length;
  if (open === 0 || known >= 100) return { users: said };
  const each = Math.floor((100 - known) / open);
  const first = 100 - known - each * (open - 1);
  let given = 0;
  const shared = said.map(({ area, share }) => {
    if (share !== undefined) return { area, share };
    given += 1;
    return { area, share: given === 1 ? first : each };
  });
  if (said.length > 1)
    assume(
      'users',
      undefined,
      `users ${shared.map(({ area, share }) => `${share} % ${area}`).join(', ')}: no other shares were named`,
    );
  return { users: shared };
}

function latency({ latencyMs, percentile, timed }: RequestFacts, assume: Assume): object {
  if (latencyMs === undefined) return {};
  const of =
    percentile ??
    assume(
      'percentile',
      PERCENTILE,
      `the latency holds for ${PERCENTILE} % of ${timed ?? 'read'}s: no percentile was named`,
    );
  return { latency: { ...(of !== undefined && { percentile: of }), underMs: latencyMs, ...(timed && { of: timed }) } };
}

function compliance({ frameworks, residency }: RequestFacts, asked: ReadonlySet<IntakeKey>, assume: Assume): object {
  if (residency === undefined) assume('residency', [], 'no residency rule: none was named');
  const isKnown = residency !== undefined || !asked.has('residency');
  if (!frameworks && !residency) return {};
  return { compliance: { ...(frameworks && { frameworks }), ...(isKnown && { residency: residency ?? [] }) } };
}

/** An assumed recovery point is one that the engines can keep: only a person can ask for more than they have. */
function recovery(facts: RequestFacts, platform: PlatformKind, asked: ReadonlySet<IntakeKey>, assume: Assume): object {
  const { criticality } = facts;
  if (!criticality && (facts.rtoSeconds === undefined || facts.rpoSeconds === undefined)) return {};
  const tier = RECOVERY[criticality ?? 'standard'];
  const least = (facts.stores ?? []).map(({ engine }) => capability(engine, platform)?.leastRpoSeconds ?? 0);
  const rpo = Math.max(tier.rpoSeconds, ...least);
  const {
    rtoSeconds = assume(
      'rto',
      tier.rtoSeconds,
      `RTO ${minutes(tier.rtoSeconds)}: usual for ${criticality} criticality`,
    ),
  } = facts;
  const { rpoSeconds = assume('rpo', rpo, `RPO ${minutes(rpo)}: usual for ${criticality} criticality`) } = facts;
  if (asked.has('rto') || asked.has('rpo')) return {};
  return { recovery: { rtoSeconds, rpoSeconds } };
}

function regions({ regions: wanted, excluded }: RequestFacts): object {
  return wanted || excluded ? { regions: { ...(wanted && { wanted }), ...(excluded && { excluded }) } } : {};
}

/** The assumption that can hurt most, so it comes first; plainest where the words themselves speak of data. */
function noDataWords({ facts, sentence }: CompleteRequestInput): string {
  const word = DATA_WORDS.exec(`${facts.application ?? ''} ${sentence}`)?.[0].toLowerCase();
  const doubt = word ? ` ("${word}" sounds like some: say "postgresql", "dynamodb" or "s3" if it does)` : '';
  return `it keeps no data, so none is stored, replicated or backed up: no database was named${doubt}`;
}

function stores(facts: RequestFacts, platform: PlatformKind) {
  const { application, consistency, image } = facts;
  const main = platform === 'lab' && !image ? LAB_STORE : (application ?? 'data');
  return (facts.stores ?? []).map(({ engine, name, storageGb }, index) => ({
    name: name ?? (index === 0 ? main : `${main}-${engine}`),
    engine,
    ...(storageGb !== undefined && { storageGb }),
    ...(consistency && engine !== 's3' && { consistency }),
    ...(facts.personalData && { personalData: true }),
  }));
}
