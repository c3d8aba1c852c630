import fc from 'fast-check';
import { type IntakeChoice, intake } from '../../../agents/intake/intake';
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
])('what it does not say is left out, and said: %s', (line) => {
  const { facts, remarks } = accepted(SENTENCE, [line, 'application: orders']);
  expect(facts).toEqual({ application: 'orders' });
  expect(remarks.join()).toContain(line);
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
      if (facts.residency?.includes('eu')) expect(sentence).toMatch(/\b(?:eu|european union)\b/i);
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
