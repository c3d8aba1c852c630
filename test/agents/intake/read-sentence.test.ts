import { intake } from '../../../agents/intake/intake';
import { factsOf, readSentence } from '../../../agents/intake/rules/read-sentence';
import type { IntakeKey, RequestFacts } from '../../../contracts/intake';
import { hostileSentences } from './hostile-sentences';

type Row = [sentence: string, facts: RequestFacts, asked: IntakeKey[]];

const users = (...areas: string[]) => ({ users: areas.map((area) => ({ area })) });
const US_AND_EU = users('european-union', 'north-america');

const SENTENCES: Row[] = [
  [
    'orders API for EU and US users, p95 under 80 ms, GDPR, 1500 dollars a month',
    { application: 'orders', ...US_AND_EU, percentile: 95, latencyMs: 80, frameworks: ['gdpr'], budgetUsd: 1500 },
    [],
  ],
  [
    'Deploy our checkout app to production on AWS in Virginia, Ireland and Singapore. 95% of users must see under 100 ms, EU customer data has to stay in the EU, we can spend about 9,500 dollars a month, and after an outage we want to be back in 15 minutes losing at most one minute of orders. It is containers with Aurora Postgres and an S3 bucket.',
    {
      ...{ application: 'checkout', environment: 'production', platform: 'aws', percentile: 95, latencyMs: 100 },
      ...{ regions: ['us-east-1', 'eu-west-1', 'ap-southeast-1'], residency: ['eu'], personalData: true },
      ...{ budgetUsd: 9500, rtoSeconds: 900, rpoSeconds: 60, ...users('european-union') },
      stores: [{ engine: 'postgresql' }, { engine: 's3' }],
    },
    [],
  ],
  [
    'payments service, 60% US and 40% Germany, p99 below 200ms, $2,500 per month, RTO 15 minutes, RPO 1 minute, business-critical, PostgreSQL',
    {
      users: [
        { area: 'north-america', share: 60 },
        { area: 'european-union', share: 40 },
      ],
      ...{ application: 'payments', percentile: 99, latencyMs: 200, budgetUsd: 2500, rtoSeconds: 900, rpoSeconds: 60 },
      ...{ criticality: 'critical', stores: [{ engine: 'postgresql' }] },
    },
    [],
  ],
  [
    'shop for Europe, 1.500 Euro im Monat, 100 ms',
    { application: 'shop', ...users('europe'), latencyMs: 100 },
    ['budget'],
  ],
  ['webshop for Germany, 1.500 dollars a month', { application: 'webshop', ...users('european-union') }, ['budget']],
  ['billing API, budget 1500 a month', { application: 'billing' }, ['budget']],
  ['billing API, 12000 dollars a year', { application: 'billing' }, ['budget']],
  ['billing API, 1200 dollars or maybe 1500 dollars a month', { application: 'billing' }, ['budget']],
  ['orders API, p95 under 1,5 s', { application: 'orders', percentile: 95 }, ['latency']],
  [
    'catalog api worldwide, under 0.2 seconds, $3k/month, staging',
    { application: 'catalog', environment: 'staging', ...users('worldwide'), latencyMs: 200, budgetUsd: 3000 },
    [],
  ],
  [
    'deploy an API for users in Japan and Korea, budget 900 usd, 15 minutes RTO and lose at most one minute, not critical',
    { criticality: 'standard', ...users('east-asia'), budgetUsd: 900, rtoSeconds: 900, rpoSeconds: 60 },
    [],
  ],
  [
    'inventory service in eu-west-1 and eu-central-1 only for EU users, EU data residency, 99.9th percentile 300 ms',
    {
      ...{ application: 'inventory', regions: ['eu-west-1', 'eu-central-1'], residency: ['eu'] },
      ...{ ...users('european-union'), percentile: 99.9, latencyMs: 300 },
    },
    [],
  ],
  [
    'tracking app on azure for us users, 50 ms',
    { application: 'tracking', ...users('north-america'), latencyMs: 50 },
    ['platform'],
  ],
  ['give us an API for Brazil', users('south-america'), []],
  ['give us a fast API for us', {}, []],
  [
    'orders API, image ghcr.io/acme/orders:1.4, at orders.acme.com, US 70%, EU 30%, p95 < 120 ms, no data loss, mysql',
    {
      ...{ application: 'orders', image: 'ghcr.io/acme/orders:1.4', hostname: 'orders.acme.com' },
      users: [
        { area: 'north-america', share: 70 },
        { area: 'european-union', share: 30 },
      ],
      ...{ percentile: 95, latencyMs: 120, rpoSeconds: 0 },
    },
    ['stores'],
  ],
  [
    'checkout for APAC but not in Tokyo, p95 150 ms, dev',
    {
      ...{ application: 'checkout', environment: 'development', percentile: 95, latencyMs: 150 },
      ...users('south-asia', 'south-east-asia', 'east-asia', 'oceania'),
      excluded: ['ap-northeast-1'],
    },
    [],
  ],
  [
    'We need a loyalty service for customers in France and Spain, 120 ms for 99% of requests, data must stay in the EU',
    { application: 'loyalty', ...users('european-union'), latencyMs: 120, percentile: 99, residency: ['eu'] },
    [],
  ],
  [
    'ledger for Germany, data must stay in Germany',
    { application: 'ledger', ...users('european-union') },
    ['residency'],
  ],
  [
    'ledger for EU users, data need not stay in the EU',
    { application: 'ledger', ...users('european-union') },
    ['residency'],
  ],
  ['API called "ledger" for UK users, $5k a month', { application: 'ledger', ...users('europe'), budgetUsd: 5000 }, []],
  [
    'reporting dashboard in Frankfurt and Warsaw, 700 dollars a month',
    { application: 'reporting', budgetUsd: 700 },
    ['regions'],
  ],
  [
    'payments in us-east-9 for US users',
    { application: 'payments', ...users('north-america'), regions: ['us-east-9'] },
    [],
  ],
  [
    'the booking system must answer within 2 seconds, users in Canada, back within 1 hour',
    { application: 'booking', ...users('north-america'), latencyMs: 2000, rtoSeconds: 3600 },
    [],
  ],
  [
    'profile API for EU users, personal data, $600 per month, eventual consistency, dynamodb on aws',
    {
      ...{ application: 'profile', ...users('european-union'), personalData: true, budgetUsd: 600 },
      ...{ consistency: 'eventual', stores: [{ engine: 'dynamodb' }], platform: 'aws' },
    },
    [],
  ],
  [
    'audit service with RTO 4h and RPO 15min for Brazil, LGPD, 250 ms',
    {
      ...{ application: 'audit', rtoSeconds: 14_400, rpoSeconds: 900, latencyMs: 250 },
      ...{ ...users('south-america'), frameworks: ['lgpd'] },
    },
    [],
  ],
  ['search service for India, stateless', { application: 'search', ...users('south-asia'), stores: [] }, []],
  ['search service in staging or in production', { application: 'search' }, ['environment']],
  ['billing app, not in production', { application: 'billing' }, []],
  [
    'orders API, never in virginia, keep out of Ireland',
    { application: 'orders', excluded: ['us-east-1', 'eu-west-1'] },
    [],
  ],
  ['orders API, not in Tokyo or Warsaw', { application: 'orders' }, ['excluded']],
  ['orders API, not for US users', { application: 'orders' }, ['users']],
  ['orders API, data must not be stored in the US', { application: 'orders' }, ['residency']],
  ['orders API, data must never leave the EU', { application: 'orders', residency: ['eu'] }, []],
  [
    'billing app, no personal data, nothing critical, not staging',
    { application: 'billing', personalData: false, criticality: 'standard' },
    [],
  ],
  [
    'shop app for users in Europe and Brazil, 95% under 250 ms',
    { application: 'shop', ...users('europe', 'south-america'), percentile: 95, latencyMs: 250 },
    [],
  ],
  [
    'shop app, Europe 70% and Brazil 30% under 250 ms',
    {
      ...{ application: 'shop', latencyMs: 250 },
      users: [
        { area: 'europe', share: 70 },
        { area: 'south-america', share: 30 },
      ],
    },
    [],
  ],
  ['orders API for users in Brazil, 99.9% availability', { application: 'orders', ...users('south-america') }, []],
  ['orders API, RPO zero, RTO 5 minutes', { application: 'orders', rpoSeconds: 0, rtoSeconds: 300 }, []],
  ['orders API, RPO 0', { application: 'orders', rpoSeconds: 0 }, []],
  ['orders API, RPO: 5, RTO 0', { application: 'orders' }, ['rpo', 'rto']],
  ['orders API, RPO as low as possible', { application: 'orders' }, ['rpo']],
  ['orders API, we cannot lose any data', { application: 'orders', rpoSeconds: 0 }, []],
  ['orders API, we cannot lose more than 2 minutes', { application: 'orders', rpoSeconds: 120 }, []],
  ['orders API, no data loss, RPO 5 minutes', { application: 'orders' }, ['rpo']],
  [
    'orders API on postgres, does not hold any personal data',
    { application: 'orders', personalData: false, stores: [{ engine: 'postgresql' }] },
    [],
  ],
  ['orders API, personal data: none', { application: 'orders', personalData: false }, []],
  ['orders API, no downtime and personal data', { application: 'orders', personalData: true }, []],
  ['not for EU users: 80 ms', { latencyMs: 80 }, ['users']],
  ['orders API must be in the EU and data must stay in the US', { application: 'orders' }, ['residency']],
  ['orders API must be in the EU', { application: 'orders' }, ['residency']],
  [
    'orders API, EU data stays in the EU, US data stays in the US',
    { application: 'orders', ...users('european-union') },
    ['residency'],
  ],
  ['orders API for Canada, PIPEDA', { application: 'orders', ...users('north-america') }, ['residency']],
  ['orders API, Redis and postgres', { application: 'orders' }, ['stores']],
  ['orders API with a database', { application: 'orders' }, ['stores']],
  [
    'crm API for US users, postgres called ledger with 500 GB, dynamodb named carts, 2 TB',
    {
      ...{ application: 'crm', ...users('north-america') },
      stores: [
        { engine: 'postgresql', name: 'ledger', storageGb: 500 },
        { engine: 'dynamodb', name: 'carts', storageGb: 2048 },
      ],
    },
    [],
  ],
  ['orders API, standard criticality', { application: 'orders', criticality: 'standard' }, []],
  ['orders API, of standard criticality', { application: 'orders', criticality: 'standard' }, []],
  ['orders API, a standard, non-critical one', { application: 'orders', criticality: 'standard' }, []],
  ['orders API, CAD 2000 a month', { application: 'orders' }, ['budget']],
  ['hello', {}, []],
];

test.each(SENTENCES)('reads: %s', (sentence, facts, asked) => {
  const read = readSentence(sentence);
  expect(factsOf(read)).toEqual(facts);
  expect(read.unclear.map(({ key }) => key)).toEqual(asked);
});

test('a currency that is named is the reason why the budget is asked', () => {
  const why = readSentence('orders API, CAD 2000 a month').unclear.map((one) => one.why);
  expect(why).toEqual(['"CAD 2000" is not in US dollars']);
});

test.each([
  ['orders API, PIPEDA and NIS2', ['PIPEDA', 'NIS2']],
  ['orders API, 99.9% availability', ['99.9% availability']],
  ['orders API, tasks with 4 GB of memory', ['4 GB']],
  ['orders API for users in Brazil 30% and the US 70%, 95% under 80 ms, postgres with 40 GB', []],
])('what has no effect is said: %s', (sentence, words) => {
  const { remarks } = readSentence(sentence);
  expect(remarks).toEqual(words.map((word) => expect.stringContaining(`"${word}"`)));
});

test.each([
  ['Bestell-API für Kunden in Deutschland, unter 100 ms, 500 Dollar im Monat', true],
  ['API de pedidos para usuarios en España y Francia, 100 ms, 500 dólares al mes', true],
  ['orders API for EU and US users, p95 under 80 ms, GDPR, 1500 dollars a month', false],
  ['checkout, Berlin and Paris shoppers, 80 ms, postgres, $500 monthly', false],
])('a sentence of another language is told apart: %s', (sentence, expected) => {
  const outcome = intake.rules({ sentence });
  const remarks = outcome.kind === 'chosen' ? outcome.choice.remarks : [];
  expect(/rules read English only/.test(remarks.join())).toBe(expected);
});

test.each(hostileSentences())('reads within a second, and nothing but a request: %.60j', (sentence) => {
  const startedMs = Date.now();
  const facts = factsOf(readSentence(sentence));
  expect(Date.now() - startedMs).toBeLessThan(1_000);
  expect(Object.keys(facts)).not.toEqual(expect.arrayContaining(['rollout', 'approval', 'yes']));
});
