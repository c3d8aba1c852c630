import { isSentence, splitAnswers } from '../../clients/requests-in-words';
import { isTypedSentence } from '../../clients/slack/deploy-in-words';
import { type Intake, intakeSchema } from '../../contracts/intake';

test.each([
  ['orders API for the EU', true],
  ['orders.yaml', false],
  ['my orders.yaml', false],
  [' no-such-file ', false],
  ['package.json', false],
])('a sentence has white space, and is no file: %s', (text, expected) => {
  expect(isSentence(text)).toBe(expected);
});

test.each([
  ['orders API for the EU', true],
  ['orders API,\nfor the EU, p95: 80 ms', true],
  ['orders', false],
  ['application: orders\nenvironment: staging', false],
  ['```\napplication: orders\n```', false],
  ['{"application": "orders"}', false],
  ['[unfinished list', false],
])('in chat neither a pasted request nor a name is a sentence: %j', (text, expected) => {
  expect(isTypedSentence(text)).toBe(expected);
});

test.each([
  ['orders API; residency eu; criticality standard', 'orders API', ['residency eu', 'criticality standard']],
  ['orders API; users in the EU; residency: perhaps', 'orders API; users in the EU', ['residency: perhaps']],
  ['orders API; approve; skip approval', 'orders API; approve; skip approval', []],
  ['residency eu', 'residency eu', []],
])('answers follow a sentence: %s', (text, sentence, answers) => {
  expect(splitAnswers(text)).toEqual({ sentence, answers });
});

const entry: Intake['entries'][number] = {
  ...{ account: 'intake', agent: 'intake', purpose: 'answer', model: 'm', estimatedInput: 600, maxTokens: 400 },
  ...{ outcome: 'answered', inputTokens: 600, outputTokens: 200, usd: 0.001, detail: 'end_turn' },
};

test.each<[string, unknown[], boolean]>([
  ['one turn', [entry], true],
  ['more than its limit, as a short estimate makes it', [entry, entry], true],
  ['more than any reading can use', [entry, entry, entry, entry], false],
  ['a megabyte of words', [{ ...entry, detail: 'x'.repeat(1_000_000) }], false],
  ['a name without end', [{ ...entry, model: 'x'.repeat(1_000) }], false],
  ['tokens of another account', [{ ...entry, account: 'topology' }], false],
  ['negative tokens, which would make room', [{ ...entry, inputTokens: -5_000 }], false],
  ['entries without end', Array.from({ length: 13 }, () => ({ ...entry, inputTokens: 0, outputTokens: 0 })), false],
])('whoever sends a deployment is believed about its intake within bounds: %s', (_name, entries, valid) => {
  expect(intakeSchema.safeParse({ sentence: 'orders API', assumed: [], entries }).success).toBe(valid);
});
