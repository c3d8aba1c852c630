import { USER_AREAS } from '../../../catalog/areas';
import { intakeSchema, type RequestFacts } from '../../../contracts/intake';
import { checkRequest } from '../../../policies/check-request';
import { completeRequest } from '../../../policies/intake/complete-request';
import { readFact } from '../../../policies/intake/fact-lines';
import { parseRequest } from '../../../policies/parse-request';

const FACTS: RequestFacts = {
  application: 'orders',
  users: [{ area: 'north-america' }],
  latencyMs: 80,
  budgetUsd: 1500,
  criticality: 'standard',
};
const complete = (facts: RequestFacts, platform: 'lab' | 'aws' = 'lab') =>
  completeRequest({ facts, unclear: [], sentence: 'orders API', platform });
const asked = (...args: Parameters<typeof complete>) => complete(...args).questions.map(({ key }) => key);

test('what was said and what can be assumed make a request that is valid as a file would be', () => {
  const { draft, questions } = complete(FACTS);
  expect(questions).toEqual([]);
  const parsed = parseRequest(draft);
  expect(parsed).toMatchObject({
    request: { environment: 'staging', rollout: { approval: 'plan' }, notes: 'orders API' },
  });
  if ('request' in parsed) expect(checkRequest(parsed.request)).toEqual([]);
});

test('criticality is always asked, residency wherever the EU, its law or personal data come up', () => {
  const { criticality: _, ...unsaid } = FACTS;
  expect(asked(unsaid)).toEqual(['criticality']);
  expect(asked({ ...FACTS, users: [{ area: 'european-union' }] })).toEqual(['residency']);
  expect(asked({ ...FACTS, users: [{ area: 'worldwide' }] })).toEqual(['residency']);
  expect(asked({ ...FACTS, frameworks: ['gdpr'] })).toEqual(['residency']);
  expect(asked({ ...FACTS, personalData: true })).toEqual(['residency']);
  expect(asked({ ...FACTS, frameworks: ['gdpr'], residency: [] })).toEqual([]);
});

test('an open question is no value in the request, not even the default', () => {
  const { draft } = complete({ ...FACTS, frameworks: ['gdpr'], criticality: undefined });
  expect(draft).toMatchObject({ compliance: { frameworks: ['gdpr'] } });
  expect(draft).not.toHaveProperty('compliance.residency');
  expect(draft).not.toHaveProperty('criticality');
  expect(draft).not.toHaveProperty('recovery');
});

test('every value that nobody said is said', () => {
  const { assumed } = complete(FACTS);
  for (const word of [
    'environment staging',
    'hostname orders.example.com',
    'meridian/sample-orders',
    'platform lab',
    '95 %',
  ])
    expect(assumed.join('\n')).toContain(word);
  for (const word of ['RTO 15 minutes', 'RPO 5 minutes', 'no residency rule', 'keeps no data'])
    expect(assumed.join('\n')).toContain(word);
  const said = complete({ ...FACTS, rtoSeconds: 60, rpoSeconds: 30, environment: 'development', percentile: 99 });
  expect(said.assumed.join('\n')).not.toMatch(/RTO|RPO|environment (?:staging|development)|95 %/);
});

test('that it keeps no data comes first, plainest where the words speak of data', () => {
  const [first] = complete(FACTS).assumed;
  expect(first).toMatch(/^it keeps no data.*"orders" sounds like some: say "postgresql"/);
  const plain = completeRequest({
    facts: { ...FACTS, application: 'greeter' },
    unclear: [],
    sentence: 'a greeter',
    platform: 'lab',
  });
  expect(plain.assumed[0]).toBe('it keeps no data, so none is stored, replicated or backed up: no database was named');
  expect(complete({ ...FACTS, stores: [] }).assumed.join()).not.toContain('keeps no data');
});

test('no list of assumptions is longer than a deployment takes', () => {
  const users = USER_AREAS.map((area) => ({ area }));
  const { criticality, ...rest } = FACTS;
  for (const facts of [
    { ...rest, criticality, users, residency: [] },
    { ...FACTS, users, hostname: 'a.example.com' },
  ]) {
    const { assumed } = complete(facts);
    expect(intakeSchema.safeParse({ sentence: 'x', assumed, entries: [] }).success).toBe(true);
  }
});

test('on AWS nobody can guess the image and where its records are made', () => {
  expect(asked(FACTS, 'aws')).toEqual(['hostname', 'image']);
  expect(asked({ ...FACTS, platform: 'aws', image: 'acme/orders:1', hostname: 'orders.acme.com' })).toEqual([]);
});

test('data that is read from afar makes consistency a question', () => {
  const stores = [{ engine: 'postgresql' as const }];
  expect(asked({ ...FACTS, stores })).toEqual([]);
  expect(asked({ ...FACTS, stores, users: [{ area: 'north-america' }, { area: 'oceania' }] })).toEqual(['consistency']);
});

test('an assumed recovery point is one that the engines can keep', () => {
  const stores = [{ engine: 's3' as const }];
  const facts = { ...FACTS, platform: 'aws' as const, image: 'acme/orders:1', hostname: 'orders.acme.com', stores };
  expect(complete(facts).draft).toMatchObject({ recovery: { rpoSeconds: 900 } });
});

test.each([
  [
    [{ area: 'europe' }, { area: 'oceania' }, { area: 'africa' }],
    [34, 33, 33],
  ],
  [
    [{ area: 'europe', share: 60 }, { area: 'oceania' }],
    [60, 40],
  ],
  [
    [
      { area: 'europe', share: 60 },
      { area: 'oceania', share: 30 },
    ],
    [60, 30],
  ],
])('shares that were not said are even: %j', (users, shares) => {
  const { draft } = complete({ ...FACTS, users, residency: [] });
  expect((draft.users as Array<{ share: number }>).map(({ share }) => share)).toEqual(shares);
});

test('what was seen and not understood is asked, with the reason', () => {
  const { questions } = completeRequest({
    ...{ facts: FACTS, sentence: 'x', platform: 'lab' },
    unclear: [
      { key: 'environment', why: 'the sentence says both' },
      { key: 'budget', why: 'answered already' },
    ],
  });
  expect(questions).toMatchObject([{ key: 'environment', why: 'the sentence says both' }]);
});

test.each<[string, RequestFacts, RegExp | undefined]>([
  ['budget of 1500 dollars', {}, /^the budget of 1500 US dollars is taken as per month: no period was named$/],
  ['$1500 a month', {}, undefined],
  ['a monthly budget of 1500 dollars', {}, undefined],
  ['users in the US', {}, /^users are known by whole areas: "US" as north-america$/],
  ['Germany and the EU', { users: [{ area: 'european-union' }], residency: [] }, /areas: "Germany" as european-union$/],
  ['North American users, region Virginia', {}, undefined],
])('what a number or a country is taken for is said: %s', (sentence, facts, words) => {
  const { assumed } = completeRequest({ facts: { ...FACTS, ...facts }, unclear: [], sentence, platform: 'lab' });
  const found = assumed.filter((line) => /taken as|whole areas/.test(line));
  expect(found).toEqual(words ? [expect.stringMatching(words)] : []);
});

test('production keeps the time that health votes in, whatever runs it', () => {
  const { draft, assumed } = complete({ ...FACTS, environment: 'production' });
  expect(draft.rollout).toEqual({ approval: 'plan' });
  expect(assumed.join()).not.toContain('bake');
  expect(complete(FACTS).assumed.join()).toMatch(/5 s of bake .* the lab has no load of real users/);
});

test('an assumed minute is one minute', () => {
  expect(complete({ ...FACTS, criticality: 'critical' }).assumed.join()).toContain('RPO 1 minute: usual');
});

test.each([
  ['latency', '80', /a duration with its unit, for example 80 ms/],
  ['rto', '15', /with its unit/],
  ['criticality', 'high', /standard or critical.*RTO 15 minutes, RPO 5 minutes, critical RTO 10 minutes, RPO 1 minute/],
])('an answer that is none is told what would be: %s=%s', (key, value, valid) => {
  expect(readFact(key, value)).toMatchObject({ problem: { field: key, valid: expect.stringMatching(valid) } });
});

test.each([
  ['rpo', '0', { rpoSeconds: 0 }],
  ['stores', 'ledger: postgresql 500 GB', { stores: [{ engine: 'postgresql', name: 'ledger', storageGb: 500 }] }],
])('an answer in short: %s=%s', (key, value, facts) => {
  expect(readFact(key, value)).toEqual({ facts });
});

test('what the EU means for users is said with its question', () => {
  const users = [{ area: 'european-union' }, { area: 'oceania' }];
  const [question] = complete({ ...FACTS, users }).questions;
  expect(question?.question).toMatch(/must EU users' data stay .* served and stored there only.*oceania are served/);
});
