import { runAgent } from '../../agents/loop/agent-loop';
import type { LoopDependencies } from '../../agents/loop/loop-dependencies';
import type { TakeModelTurnInput, TakeModelTurnResult } from '../../agents/loop/model-turn';
import { openLedger, usedTokens } from '../../agents/loop/token-ledger';
import { topologyArchitect } from '../../agents/topology-architect/topology-architect';
import { exampleInput } from './architect-input';

const GOOD = {
  weigh: 'c1 beats c2',
  base: 'c1',
  mode: 'active-passive',
  groups: ['primary virginia: writes', 'standby ireland singapore'],
  routing: 'latency',
  edge: false,
  notes: [],
};
const FORBIDDEN = { ...GOOD, groups: ['primary frankfurt: near', 'standby ireland singapore'] };
const REPAIRED = 'groups: primary virginia: writes\ngroups: standby ireland singapore';
const INPUT = exampleInput();
const CANCELLED = new Error('cancelled');

function answered(answer: object | string, rest: Partial<Extract<TakeModelTurnResult, { kind: 'answered' }>> = {}) {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return { kind: 'answered', text, stopReason: 'end_turn', inputTokens: 1_000, outputTokens: 200, ...rest } as const;
}

const BUSY = {
  kind: 'not-billed',
  failureType: 'Model.Unavailable',
  message: 'busy (529)',
  retryAfterMs: 1_500,
} as const;
const LOST = { kind: 'unknown', failureType: 'Model.Unavailable', message: 'no answer in time' } as const;

/** Runs the topology architect over a script of turns; a turn that is not in the script fails the test. */
async function play(script: Array<TakeModelTurnResult | Error>, changes: Partial<LoopDependencies> = {}) {
  const asked: TakeModelTurnInput[] = [];
  const slept: number[] = [];
  const book = { ledger: openLedger() };
  const outcome = await runAgent(topologyArchitect, INPUT, {
    book,
    model: { id: 'm', price: { inputUsdPerMillion: 2, outputUsdPerMillion: 10 } },
    onModelFailure: 'rules',
    longestWaitMs: 60_000,
    takeTurn: async (turn) => {
      asked.push(turn);
      const next = script[asked.length - 1] ?? new Error('the script ran out');
      if (next instanceof Error) throw next;
      return next;
    },
    sleep: async (ms) => void slept.push(ms),
    isCancellation: (error) => error === CANCELLED,
    ...changes,
  });
  expect(asked.length).toBe(script.length);
  const { ledger } = changes.book ?? book;
  return { outcome, ledger, asked, slept };
}

describe('agent loop', () => {
  it('decides by the model in one turn, with max_tokens out of the ledger', async () => {
    const { outcome, ledger, asked } = await play([answered(GOOD)]);
    expect(outcome).toMatchObject({ kind: 'decided', by: 'model', model: 'm', choice: { candidate: { id: 'c1' } } });
    expect(usedTokens(ledger, 'topology')).toBe(1_200);
    expect(asked[0]).toMatchObject({
      purpose: 'answer',
      schemaId: 'topology-architect',
      system: topologyArchitect.instructions,
    });
    const { reservedInputTokens } = asked[0]!;
    expect(asked[0]!.maxTokens).toBe(
      Math.min(600, 1_940 - reservedInputTokens, 2_000 - Math.ceil(1.05 * reservedInputTokens)),
    );
    expect(ledger.entries).toEqual([
      expect.objectContaining({
        agent: 'topology architect',
        outcome: 'answered',
        maxTokens: asked[0]!.maxTokens,
        rung: expect.stringMatching(/^3 of 3 regions/),
        detail: 'end_turn',
      }),
    ]);
  });

  it('asks nobody when no model is configured', async () => {
    const { outcome, ledger } = await play([], { model: undefined, onModelFailure: 'stop' });
    expect(outcome).toMatchObject({ kind: 'decided', by: 'rules', because: { code: 'no-model' } });
    expect(ledger.entries).toEqual([]);
  });

  it('lets the model correct a forbidden region in one small call without a schema', async () => {
    const { outcome, asked, ledger } = await play([
      answered(FORBIDDEN),
      answered(`base: c1\n${REPAIRED}`, { inputTokens: 250, outputTokens: 40 }),
    ]);
    expect(outcome).toMatchObject({ kind: 'decided', by: 'model', choice: { candidate: { id: 'c1' } } });
    expect(asked[1]).toMatchObject({ purpose: 'repair', schemaId: undefined });
    expect(asked[1]!.user).toContain('frankfurt (eu-central-1) may not be used');
    expect(asked[1]!.user).toContain('c1 active-passive latency: primary virginia, standby ireland singapore');
    expect(asked[1]!.user).not.toContain('near');
    expect(ledger.entries.map(({ purpose }) => purpose)).toEqual(['answer', 'repair']);
    expect(usedTokens(ledger)).toBe(1_490);
  });

  it('corrects a field that breaks the schema in the same way', async () => {
    const { outcome } = await play([
      answered({ ...GOOD, mode: 'best' }),
      answered('mode: active-passive', { inputTokens: 200 }),
    ]);
    expect(outcome).toMatchObject({ by: 'model' });
  });

  it('leaves it to rules, with the violation as reason, when the correction is wrong as well', async () => {
    const { outcome } = await play([answered(FORBIDDEN), answered('groups: primary paris', { inputTokens: 200 })]);
    expect(outcome).toMatchObject({ kind: 'decided', by: 'rules', because: { code: 'policy' } });
    expect(outcome.kind === 'decided' && outcome.by === 'rules' && outcome.because.message).toMatch(
      /paris \(eu-west-3\) may not be used/,
    );
  });

  it('does not start a correction for which the budget has no room', async () => {
    const { outcome, ledger } = await play([answered(FORBIDDEN, { inputTokens: 1_300, outputTokens: 500 })]);
    expect(outcome).toMatchObject({
      by: 'rules',
      because: { code: 'policy', message: expect.stringMatching(/no repair: a repair needs/) },
    });
    expect(usedTokens(ledger)).toBe(1_800);
  });

  it.each([
    ['max_tokens', 'truncated'],
    ['model_context_window_exceeded', 'truncated'],
    ['refusal', 'refused'],
    ['tool_use', 'invalid-answer'],
    ['pause_turn', 'invalid-answer'],
    ['unknown', 'invalid-answer'],
  ] as const)('leaves it to rules after stop reason %s and pays for the turn', async (stopReason, code) => {
    const { outcome, ledger } = await play([
      answered(JSON.stringify(GOOD).slice(0, 60), { stopReason, outputTokens: 531 }),
    ]);
    expect(outcome).toMatchObject({ kind: 'decided', by: 'rules', because: { code } });
    expect(usedTokens(ledger)).toBe(1_531);
  });

  it.each(['not JSON', '[]', 'null', '"c1"'])('leaves it to rules when the answer is %s', async (text) => {
    expect((await play([answered(text)])).outcome).toMatchObject({ by: 'rules', because: { code: 'invalid-answer' } });
  });

  it('waits as long as the provider says and asks again, for nothing', async () => {
    const { outcome, slept, ledger } = await play([BUSY, BUSY, answered(GOOD)]);
    expect(outcome).toMatchObject({ by: 'model' });
    expect(slept).toEqual([1_500, 1_500]);
    expect(usedTokens(ledger)).toBe(1_200);
    expect(ledger.entries.map(({ outcome: ended }) => ended)).toEqual(['not-billed', 'not-billed', 'answered']);
  });

  it('gives up after two repeats, or at once when the provider wants a long pause or a repeat is pointless', async () => {
    expect((await play([BUSY, BUSY, BUSY])).outcome).toMatchObject({
      because: { code: 'unavailable', message: 'busy (529)' },
    });
    expect((await play([{ ...BUSY, retryAfterMs: 61_000 }])).outcome).toMatchObject({
      because: { code: 'unavailable' },
    });
    const { outcome, slept } = await play([
      { kind: 'not-billed', failureType: 'Model.Misconfigured', message: 'bad key' },
    ]);
    expect([outcome, slept]).toMatchObject([{ by: 'rules', because: { code: 'misconfigured' } }, []]);
  });

  it.each([LOST, new Error('activity timed out')])(
    'charges a lost turn in full and does not repeat it',
    async (lost) => {
      const { outcome, ledger, asked } = await play([lost]);
      expect(outcome).toMatchObject({ by: 'rules', because: { code: 'outcome-unknown' } });
      expect(usedTokens(ledger)).toBe(asked[0]!.reservedInputTokens + asked[0]!.maxTokens);
    },
  );

  it('packs again, smaller, when the provider counts more than was reserved', async () => {
    const { outcome, asked, ledger } = await play([{ kind: 'too-long', countedInputTokens: 1_700 }, answered(GOOD)]);
    expect(outcome).toMatchObject({ by: 'model' });
    expect(asked[1]!.user.length).toBeLessThan(asked[0]!.user.length);
    expect(ledger.entries.map(({ detail }) => detail)).toEqual([
      'not sent: the provider counts 1700 input tokens',
      'end_turn',
    ]);
    expect(usedTokens(ledger)).toBe(1_200);
  });

  it('does not call when less than a useful answer would fit', async () => {
    const { outcome } = await play([], { book: { ledger: openLedger({ topology: 900 }) } });
    expect(outcome).toMatchObject({
      by: 'rules',
      because: { code: 'budget', message: expect.stringContaining('account "topology"') },
    });
  });

  it('stops instead of letting rules decide, where it is told to', async () => {
    const { outcome, ledger } = await play([LOST], { onModelFailure: 'stop' });
    expect(outcome).toEqual({ kind: 'stopped', because: { code: 'outcome-unknown', message: LOST.message } });
    expect(usedTokens(ledger)).toBeGreaterThan(0);
  });

  it('lets a cancellation through and nothing else', async () => {
    const book = { ledger: openLedger() };
    await expect(play([CANCELLED], { book })).rejects.toBe(CANCELLED);
    // what was under way may be billed
    expect(book.ledger).toMatchObject({ open: [], entries: [{ outcome: 'unknown' }] });
    expect(usedTokens(book.ledger)).toBeGreaterThan(0);
  });
});
