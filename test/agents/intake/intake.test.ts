import fc from 'fast-check';
import { type IntakeChoice, intake } from '../../../agents/intake/intake';
import { factsOf, readSentence } from '../../../agents/intake/rules/read-sentence';
import { ownTextTokens } from '../../../agents/loop/estimate-tokens';
import { firstCall } from '../../../agents/loop/first-call';
import { openLedger } from '../../../agents/loop/token-ledger';
import { TOKEN_LIMITS } from '../../../contracts/ledger';
import { hostileSentences } from './hostile-sentences';

const SENTENCE = 'orders API for EU and US users, p95 under 80 ms, GDPR, 1500 dollars a month';

function guard(sentence: string, request: string[], unclear: string[] = []) {
  return intake.guard({ request, unclear }, { sentence });
}

function accepted(sentence: string, request: string[], unclear: string[] = []): IntakeChoice {
  const guarded = guard(sentence, request, unclear);
  if (guarded.kind !== 'accepted') throw new Error(guarded.violations.join());
  return guarded.choice;
}

test('what the sentence says is taken', () => {
  const { facts, remarks } = accepted(SENTENCE, [
    ...['application: orders', 'users: eu, us', 'percentile: p95', 'latency: 80 ms', 'frameworks: gdpr'],
    'budget: 1500 dollars',
  ]);
  expect(facts).toEqual({
    ...{ application: 'orders', percentile: 95, latencyMs: 80, frameworks: ['gdpr'], budgetUsd: 1500 },
    users: [{ area: 'european-union' }, { area: 'north-america' }],
  });
  expect(remarks).toEqual([]);
});

test.each([
  'residency: eu',
  'residency: none',
  'criticality: critical',
  'criticality: standard',
  'environment: production',
  'platform: aws',
  'budget: 15000 usd',
  'latency: 8 ms',
  'percentile: 99',
  'rto: 1500 s',
  'rpo: 1 minute',
  'latency: 80 ms x',
  'rpo: 0',
  'users: eu, japan',
  'users: eu 80, us 20',
  'regions: virginia',
  'frameworks: hipaa',
  'stores: postgresql',
  'stores: none',
  'image: evil/image:1',
  'hostname: evil.example.com',
  'application: payments',
  'consistency: strong',
  'personal-data: yes',
  'rollout: approval none',
  '__proto__: polluted',
])('what it does not say gets nowhere: it is left out and said, or asked: %s', (line) => {
  const [key = '', value = ''] = line.split(/: (.*)/);
  const { facts, unclear, remarks } = accepted(SENTENCE, ['application: orders', line]);
  const known = Object.entries(factsOf(readSentence(SENTENCE)));
  expect(known).toEqual(expect.arrayContaining(Object.entries(facts)));
  const asked = unclear.find((one) => one.key === key);
  if (asked) expect(asked.why).toContain(value);
  else expect(remarks.join()).toContain(line);
});

const ask = (key: string, ...words: string[]) => ({
  key,
  why: expect.stringMatching(words.length > 0 ? words.join('.*') : ''),
});

test.each<[string, string, string[], Partial<IntakeChoice['facts']>, object[]]>([
  [
    'what it forgets is read by rules',
    'orders API, data must stay in Switzerland, production, critical, 80 ms',
    ['application: orders', 'latency: 80 ms'],
    { application: 'orders', latencyMs: 80, residency: ['ch'], environment: 'production', criticality: 'critical' },
    [],
  ],
  [
    'a region that is wanted and one that is not',
    'orders API, never in virginia',
    ['application: orders', 'regions: virginia'],
    { application: 'orders', excluded: ['us-east-1'] },
    [ask('regions', 'virginia')],
  ],
  [
    'regions that are not wanted, and nothing else that it read',
    'not in paris, keep out of ireland',
    ['regions: paris, ireland'],
    { excluded: ['eu-west-3', 'eu-west-1'] },
    [ask('regions', 'paris, ireland')],
  ],
  [
    'one of two that the sentence names',
    'orders API in staging or production for 1500 dollars or 2000 dollars',
    ['application: orders', 'environment: staging', 'budget: 2000 dollars'],
    { application: 'orders' },
    [ask('environment', 'production', 'staging'), ask('budget', '1500', '2000')],
  ],
  [
    'an environment that nobody knows',
    'orders API on qa',
    ['application: orders', 'environment: qa'],
    { application: 'orders' },
    [ask('environment', 'qa')],
  ],
  [
    'a residency that the words "keep" and "US" do not make',
    'EU and US users, keep p95 under 80 ms, gdpr',
    ['users: eu, us', 'residency: us'],
    { users: [{ area: 'european-union' }, { area: 'north-america' }], percentile: 95, latencyMs: 80 },
    [ask('residency', 'us')],
  ],
  [
    'a promise about personal data',
    'notes API with patient records',
    ['application: notes', 'personal-data: no'],
    { application: 'notes' },
    [ask('personal-data', 'no')],
  ],
  [
    'half a list of places',
    'orders API in Virginia, Ireland and Singapore for EU and US users',
    ['application: orders', 'users: us', 'regions: virginia, ireland'],
    { application: 'orders' },
    [ask('users', 'eu', 'us'), ask('regions', 'us-east-1, eu-west-1, ap-southeast-1', 'virginia, ireland')],
  ],
  [
    'a number for two things',
    'orders API, back in 15 minutes',
    ['application: orders', 'rpo: 15 minutes'],
    { application: 'orders', rtoSeconds: 900 },
    [ask('rpo', '15 minutes')],
  ],
  [
    'two values under one key',
    'the orders app and the billing app',
    ['application: orders', 'application: billing'],
    {},
    [ask('application', 'orders', 'billing')],
  ],
  [
    'free words are what it is for',
    'shop that has to be there again 20 minutes after a crash, nis2 applies',
    ['application: shop', 'rto: 20 minutes', 'frameworks: nis2'],
    { application: 'shop', rtoSeconds: 1_200, frameworks: ['nis2'] },
    [],
  ],
])('a model reads beside the rules: %s', (_name, sentence, lines, facts, questions) => {
  const choice = accepted(sentence, lines);
  expect(choice.facts).toMatchObject(facts);
  const known = new Set(Object.keys(choice.facts));
  for (const { key } of choice.unclear) expect(known).not.toContain(FIELD[key] ?? key);
  expect(choice.unclear).toEqual(questions);
});
const FIELD: Record<string, string> = { budget: 'budgetUsd', rpo: 'rpoSeconds', 'personal-data': 'personalData' };

test.each(['residency', 'excluded', 'regions', 'environment', 'criticality', 'budget', 'frameworks', 'rto', 'rpo'])(
  'two readings of %s are a question, not a choice',
  (key) => {
    const said =
      'orders API in production, critical, data must stay in the EU, runs in Virginia, not in Tokyo, 1500 dollars, gdpr, pci, back in 15 minutes, lose at most one minute';
    const other: Record<string, string> = {
      ...{ residency: 'none', excluded: 'virginia', regions: 'tokyo', environment: 'staging', criticality: 'standard' },
      ...{ budget: '150 usd', frameworks: 'gdpr', rto: '1 minute', rpo: '15 minutes' },
    };
    const agreed = accepted(said, ['application: orders']);
    expect(agreed.unclear).toEqual([]);
    const { unclear } = accepted(said, ['application: orders', `${key}: ${other[key]}`]);
    expect(unclear).toEqual([{ key, why: expect.stringContaining(`${other[key]}`) }]);
  },
);

test('a doubt of the model about what only rules read makes it a question', () => {
  const { facts, unclear } = accepted(SENTENCE, ['application: orders'], ['budget: with or without traffic']);
  expect(facts).not.toHaveProperty('budgetUsd');
  expect(unclear).toEqual([{ key: 'budget', why: 'with or without traffic' }]);
});

test('an answer of which nothing is in the sentence is refused, and rules read it', () => {
  expect(guard(SENTENCE, ['application: payments', 'budget: 7 usd'])).toMatchObject({ kind: 'refused' });
});

test('what a model finds unclear is asked under its key; the rest is a remark in one plain line', () => {
  const { unclear, remarks } = accepted(
    SENTENCE,
    ['application: orders'],
    ['residency: gdpr\u001b[2J alone', 'odd: \u0007x'],
  );
  expect(unclear).toEqual([{ key: 'residency', why: 'gdpr [2J alone' }]);
  expect(remarks).toEqual(['odd: x']);
});

const values = fc.oneof(
  fc.string(),
  fc.nat(100_000).map(String),
  fc.constantFrom(
    'eu',
    'us',
    'none',
    'production',
    'critical',
    '1500 usd',
    '80 ms',
    '15 minutes',
    'virginia',
    'postgresql',
    'yes',
  ),
);
const keys = fc.constantFrom(
  ...[
    'application',
    'environment',
    'criticality',
    'platform',
    'hostname',
    'users',
    'percentile',
    'latency',
    'residency',
  ],
  ...[
    'budget',
    'rto',
    'rpo',
    'regions',
    'excluded',
    'image',
    'stores',
    'consistency',
    'frameworks',
    'rollout',
    'notes',
  ],
);
const sentences = fc.oneof(
  fc.constantFrom(
    SENTENCE,
    'shop for Europe, 1.500 Euro',
    'deploy something nice',
    ...hostileSentences().filter(({ length }) => length < 2_000),
  ),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
);

test('whatever a model answers, no number, place, law or word gets through that the sentence lacks', () => {
  fc.assert(
    fc.property(sentences, fc.array(fc.tuple(keys, values), { maxLength: 12 }), (sentence, pairs) => {
      const guarded = guard(
        sentence,
        pairs.map(([key, value]) => `${key}: ${value}`),
      );
      if (guarded.kind === 'refused') return;
      const { facts } = guarded.choice;
      const digits = sentence.replace(/[,]/g, '');
      if (facts.budgetUsd !== undefined) {
        expect(sentence).toMatch(/\$|usd|dollar|bucks/i);
        expect(digits).toMatch(/\d/);
      }
      for (const number of [facts.latencyMs, facts.percentile, facts.rtoSeconds])
        if (number !== undefined) expect(sentence).toMatch(/\d|one|an? |half|two|five|ten|fifteen|thirty/i);
      if (facts.environment === 'production') expect(sentence).toMatch(/prod/i);
      if (facts.criticality === 'critical') expect(sentence).toMatch(/critical/i);
      // nobody but the rules says these: a model can only agree, or make them a question
      const rules = factsOf(readSentence(sentence));
      for (const key of ['residency', 'personalData', 'criticality', 'environment', 'budgetUsd', 'regions'] as const)
        if (facts[key] !== undefined) expect(facts[key]).toEqual(rules[key]);
      if (facts.regions?.includes('us-east-1')) expect(sentence).toMatch(/virginia|us-east-1/i);
      if (facts.stores?.length) expect(sentence).toMatch(/postgres|dynamo|redis|s3|elasticache/i);
      if (facts.application) expect(sentence.toLowerCase()).toContain(facts.application.split('-')[0]);
    }),
    { numRuns: 600 },
  );
});

test('the call fits into its account, whatever the sentence', () => {
  const most = 0.97 * TOKEN_LIMITS.intake;
  const check = (sentence: string) => {
    const call = firstCall(intake, { sentence }, openLedger(), 'claude-sonnet-5-5');
    expect(call.estimatedTokens + intake.output.minimumTokens).toBeLessThanOrEqual(most);
    expect(call.user).toMatch(/^<data>\n[^<>]*\n<\/data>$/);
  };
  for (const sentence of hostileSentences()) check(sentence);
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), check), { numRuns: 200 });
});

test('a usual sentence is shown whole, with room for every line it can need', () => {
  const sentence = SENTENCE.padEnd(320, ' and it must also be able to grow');
  const call = firstCall(intake, { sentence }, openLedger(), 'claude-sonnet-5-5');
  expect(call.rung).toBe('the whole sentence');
  const full = {
    request: [
      ...['application: checkout', 'environment: production', 'platform: aws', 'users: eu 60 percent, us 40 percent'],
      ...['percentile: 95', 'latency: 100 ms', 'frameworks: gdpr', 'residency: eu', 'budget: 9,500 dollars a month'],
      ...['rto: 15 minutes', 'rpo: one minute', 'regions: virginia, ireland', 'stores: postgresql, s3'],
    ],
    unclear: ['criticality: not said'],
  };
  expect(ownTextTokens(JSON.stringify(full))).toBeLessThanOrEqual(intake.output.capTokens);
});
