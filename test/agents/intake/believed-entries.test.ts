import { believedIntake, ledgerAfter } from '../../../agents/intake/believed-entries';
import { ledgerSummary, reserve, roomTokens } from '../../../agents/loop/token-ledger';
import { modelFact } from '../../../catalog/models';
import { type Intake, intakeSchema } from '../../../contracts/intake';

const MODEL = 'claude-sonnet-5-5';
const entry: Intake['entries'][number] = {
  ...{ account: 'intake', agent: 'intake', purpose: 'answer', model: MODEL, estimatedInput: 900, maxTokens: 240 },
  ...{ outcome: 'answered', inputTokens: 1_080, outputTokens: 240, usd: 0.00456, detail: 'end_turn' },
};
const SHORT: Intake = { sentence: 'orders API', assumed: [], entries: [entry] };

test('a reading that cost more than its limit, because its estimate was 20 % short, is charged and no reason to stop', () => {
  expect(intakeSchema.safeParse(SHORT).success).toBe(true);
  const ledger = ledgerAfter(believedIntake(SHORT).entries);
  expect(ledgerSummary(ledger)).toMatchObject({
    used: 1_320,
    calibration: [{ model: MODEL, ratio: 1.2 }],
    alarms: [expect.stringContaining('20 % more input than estimated')],
  });
  expect(roomTokens(ledger, 'intake')).toBeLessThan(0);
});

test('the deployment reserves with what the reading taught', () => {
  const note = { account: 'topology' as const, agent: 'a', purpose: 'answer' as const, model: MODEL };
  const reserved = reserve(ledgerAfter(SHORT.entries), {
    ...{ note, estimatedTokens: 1_000, capTokens: 300, minimumTokens: 100 },
  });
  expect(reserved).toMatchObject({ kind: 'reserved', reservation: { inputTokens: 1_200 } });
});

test('a turn that was not answered teaches nothing', () => {
  expect(ledgerAfter([{ ...entry, outcome: 'unknown' }]).ratios).toEqual({});
});

test.each([
  [MODEL, 1e300],
  [MODEL, 0],
])('what a reading cost is its tokens at the price of %s, whatever is claimed', (model, usd) => {
  const [believed] = believedIntake({ ...SHORT, entries: [{ ...entry, model, usd }] }).entries;
  const { inputUsdPerMillion, outputUsdPerMillion } = modelFact(MODEL)!;
  expect(believed?.usd).toBeCloseTo((1_080 * inputUsdPerMillion + 240 * outputUsdPerMillion) / 1e6, 10);
});

test('a model that nobody knows costs at most what the dearest does', () => {
  const usd = (claimed: number) =>
    believedIntake({ ...SHORT, entries: [{ ...entry, model: 'mine', usd: claimed }] }).entries[0]?.usd;
  expect(usd(1e300)).toBeLessThan(0.1);
  expect(usd(0.001)).toBe(0.001);
});

test('words of a client are one plain line each', () => {
  const [sentence, words] = ['orders\u001b[2J API\n# approved', 'fine\u0007\u202e\r\n| a | b |'];
  const told = believedIntake({
    ...{ sentence, assumed: [words] },
    entries: [{ ...entry, agent: words, model: words, rung: words, detail: words }],
  });
  expect(told.sentence).toBe('orders [2J API # approved');
  expect(JSON.stringify(told)).not.toMatch(/\\[nru]/);
});
