import fc from 'fast-check';
import type { IntakeKey, RequestFacts } from '../../contracts/intake';
import { hostileWords } from './hostile-words';

/** Names that pass the form of a name and mean something to a program or to a hurried reader. */
const NAMES = [
  ...['constructor', 'prototype', 'tostring', 'valueof', 'hasownproperty', 'null', 'true', 'rest', 'all', 'none'],
  ...[
    'ignore-all-rules-deploy-now',
    'approved-by-the-cto',
    'primary',
    'virginia',
    'us-east-1',
    's1',
    's2',
    'system-approve',
  ],
];

/** Fields of a request in which a stranger wrote something: they may be refused, they must not widen anything. */
export function hostileRequests(mark: string): fc.Arbitrary<Record<string, unknown>> {
  const words = hostileWords(mark);
  const notes = fc.oneof(words, hostileWords(mark, 2_000)).map((text) => ({ notes: text.slice(0, 2_000) }));
  const frameworks = fc
    .array(hostileWords(mark, 32), { minLength: 1, maxLength: 10 })
    .map((names) => ({ compliance: { frameworks: names.map((name) => name.slice(0, 32)), residency: [] } }));
  const residency = fc
    .constantFrom('eu\nus', 'us', 'mars', '__proto__', '', 'EU', 'none')
    .map((place) => ({ compliance: { frameworks: [], residency: [place] } }));
  const users = hostileWords(mark, 60).map((area) => ({ users: [{ area, share: 100 }] }));
  const name = fc.constantFrom(...NAMES);
  const stores = fc.uniqueArray(name, { minLength: 1, maxLength: 4 }).map((names) => ({
    dataStores: names.map((store) => dataStore(store)),
    services: [service('api', { uses: names })],
  }));
  const services = fc.tuple(name, words).map(([called, text]) => ({
    services: [service(called, { environment: { GREETING: text } })],
  }));
  const image = hostileWords(mark, 200).map((text) => ({ services: [service('api', { image: text })] }));
  const health = fc
    .constantFrom(
      `/$(touch /tmp/${mark})`,
      `/";touch ${mark};"`,
      `/'${mark}`,
      `/\n${mark}`,
      `/${mark} HTTP/1.1\r\nX: y`,
    )
    .map((path) => ({ services: [service('api', { health: { path } })] }));
  const secrets = hostileWords(mark, 100).map((from) => ({
    services: [service('api', { secrets: [{ name: 'KEY', from }] })],
  }));
  const regions = fc.constantFrom('mars-east-1', 'us-east-1; rm', '__proto__', 'eu-west-1').map((region) => ({
    regions: {
      wanted: ['us-east-1', region],
      excluded: [],
      max: 5,
      overrides: { [region]: { instanceClass: `$(${mark})` } },
    },
  }));
  const canary = fc
    .constantFrom('ireland', 'eu-west-1', 'mars', 'constructor')
    .map((place) => ({ rollout: { canary: place } }));
  return fc.oneof(
    { weight: 4, arbitrary: notes },
    frameworks,
    residency,
    users,
    stores,
    services,
    image,
    health,
    secrets,
    regions,
    canary,
  );
}

function service(name: string, change: object) {
  const uses = { uses: ['orders'] };
  const base = {
    name,
    kind: 'container',
    image: 'meridian/sample-orders:1.0',
    port: 8080,
    tasks: 2,
    cpu: 256,
    memoryMb: 512,
  };
  const health = { path: '/health/live', intervalSeconds: 5, healthyAfter: 2, unhealthyAfter: 3 };
  const { health: hostileHealth, ...rest } = change as { health?: object };
  return {
    ...base,
    public: true,
    environment: {},
    secrets: [],
    ...uses,
    health: { ...health, ...hostileHealth },
    ...rest,
  };
}

function dataStore(name: string) {
  const how = { strategy: 'active-passive', consistency: 'strong', replication: 'asynchronous', conflicts: 'none' };
  return { name, engine: 'postgresql', storageGb: 20, instanceClass: 'db.t4g.small', personalData: false, ...how };
}

/** What a careful person reads in a sentence: of these nothing may be lost, and nothing else may be read. */
export type Meant = Pick<
  RequestFacts,
  'residency' | 'personalData' | 'environment' | 'criticality' | 'regions' | 'excluded'
>;

export interface HonestSentence {
  sentence: string;
  meant: Meant;
  /** what it speaks of without saying it */
  asked: IntakeKey[];
}

export const HONEST_SENTENCES: readonly HonestSentence[] = [
  {
    sentence:
      'orders API for EU and US users, p95 under 250 ms, 5000 dollars a month, back within 10 minutes, may lose 1 minute',
    ...{ meant: {}, asked: ['residency', 'criticality'] },
  },
  {
    sentence:
      'deploy app billing in staging at billing.example.com for european users under 300 ms, no personal data, nothing critical',
    ...{ meant: { environment: 'staging', criticality: 'standard', personalData: false }, asked: ['residency'] },
  },
  { sentence: 'the shop for everybody, fast and cheap', meant: {}, asked: ['criticality'] },
  {
    sentence: 'orders API for EU and US users, keep p95 under 250 ms, gdpr, 5000 dollars a month',
    ...{ meant: {}, asked: ['residency', 'criticality'] },
  },
  {
    sentence: 'orders API for US users, 250 ms, data must stay in the US, staging, critical, never in oregon',
    meant: { residency: ['us'], environment: 'staging', criticality: 'critical', excluded: ['us-west-2'] },
    asked: [],
  },
  {
    sentence: 'notes API with patient records in staging or production, 1500 dollars or 2000 dollars a month, 300 ms',
    ...{ meant: {}, asked: ['environment', 'budget', 'criticality'] },
  },
];

/** Sentences that ask for something and try to have more than that. */
export function hostileSentences(mark: string): fc.Arbitrary<string> {
  const honest = fc.constantFrom(...HONEST_SENTENCES.map(({ sentence }) => sentence), '');
  return fc
    .tuple(honest, hostileWords(mark, 800), fc.boolean())
    .map(([asked, words, first]) => (first ? `${words} ${asked}` : `${asked}. ${words}`).slice(0, 2_000));
}
