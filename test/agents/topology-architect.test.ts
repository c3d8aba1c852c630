import { MockActivityEnvironment } from '@temporalio/testing';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import { runAgent } from '../../agents/loop/agent-loop';
import type { LoopDependencies } from '../../agents/loop/loop-dependencies';
import { ledgerSummary, openLedger } from '../../agents/loop/token-ledger';
import { createAnthropicModel } from '../../agents/models/anthropic-model';
import { loopModel } from '../../agents/models/model-config';
import { topologyArchitect } from '../../agents/topology-architect/topology-architect';
import { topologyDecision } from '../../agents/topology-architect/topology-decision';
import { decisionSchema } from '../../contracts/decision';
import { type ScriptStep, startScriptedModelServer } from '../support/scripted-model-server';
import { exampleInput } from './architect-input';

const MODEL = 'claude-sonnet-5-5';
const GOOD = {
  weigh: 'c1 and c2 both reach 100 % at 114 ms; the note wants writes fast in virginia, so c1',
  base: 'c1',
  mode: 'active-passive',
  groups: ['primary virginia: writes are fastest there', 'standby ireland singapore: local reads'],
  routing: 'latency',
  edge: false,
  notes: ['not c5: survives no loss of a standby'],
};
const FORBIDDEN = { ...GOOD, groups: ['primary frankfurt: near', 'standby ireland singapore'] };

/** Loop, activity and client together against the scripted server: everything but Temporal. */
async function architect(script: ScriptStep[], changes: Partial<LoopDependencies> = {}) {
  const server = await startScriptedModelServer(script);
  const model = createAnthropicModel({ model: MODEL, apiKey: 'k', baseUrl: server.url, answerTimeoutMs: 300 });
  const takeModelTurn = createTakeModelTurn({ model });
  const book = { ledger: openLedger() };
  const outcome = await runAgent(topologyArchitect, exampleInput(), {
    book,
    model: loopModel({ provider: 'anthropic', model: MODEL }),
    onModelFailure: 'rules',
    longestWaitMs: 60_000,
    takeTurn: (turn) => new MockActivityEnvironment().run(takeModelTurn, JSON.parse(JSON.stringify(turn))),
    sleep: async () => undefined,
    isCancellation: () => false,
    ...changes,
  });
  await server.stop();
  const summary = ledgerSummary(book.ledger);
  expect(server.requests).toHaveLength(script.length);
  expect(summary.entries.map(({ maxTokens }) => maxTokens)).toEqual(server.requests.map(({ body }) => body.max_tokens));
  expect(summary.accounts.find(({ account }) => account === 'topology')!.used).toBeLessThanOrEqual(2_000);
  const decided = outcome.kind === 'decided' ? outcome : undefined;
  return {
    ...outcome,
    ...(decided && { candidate: decided.choice.candidate, decision: topologyDecision(decided) }),
    requests: server.requests,
    summary,
  };
}

describe('topology architect against a Messages server', () => {
  it('decides, with its justification and its cost in the report', async () => {
    const result = await architect([{ kind: 'answer', answer: GOOD, inputTokens: 1_050, outputTokens: 240 }]);
    expect(result).toMatchObject({
      kind: 'decided',
      candidate: { id: 'c1' },
      summary: { entries: [{ rung: '3 of 3 regions, 6 of 6 candidates' }] },
    });
    if (result.kind !== 'decided') throw new Error('stopped');
    expect(decisionSchema.parse(result.decision)).toMatchObject({
      decidedBy: 'model',
      model: MODEL,
      choice: 'c1 active-passive: primary us-east-1, standby eu-west-1, standby ap-southeast-1',
      reason: expect.stringContaining('the note wants writes fast in virginia'),
      alternatives: ['not c5: survives no loss of a standby'],
    });
    expect(result.summary).toMatchObject({ used: 1_290, usd: (1_050 * 2 + 240 * 10) / 1e6 });
  });

  it('corrects a forbidden region in a second, smaller call', async () => {
    const result = await architect([
      { kind: 'answer', answer: FORBIDDEN, inputTokens: 1_050, outputTokens: 240 },
      ({ body }) => ({
        kind: 'answer',
        answer: /Fields: base, groups/.test(body.system ?? '')
          ? 'groups: primary virginia: writes\ngroups: standby ireland singapore: reads'
          : 'not asked for groups',
        inputTokens: 260,
        outputTokens: 45,
      }),
    ]);
    expect(result).toMatchObject({ kind: 'decided', decision: { decidedBy: 'model' } });
    expect(result.requests[1]!.body.output_config?.format).toBeUndefined();
    expect(result.requests[1]!.body.max_tokens).toBeLessThanOrEqual(1_940 - 1_290);
  });

  it('falls back to rules, and says why, when the correction is forbidden too', async () => {
    const result = await architect([
      { kind: 'answer', answer: FORBIDDEN, inputTokens: 1_050, outputTokens: 240 },
      { kind: 'answer', answer: 'groups: primary tokyo' },
    ]);
    expect(result).toMatchObject({
      kind: 'decided',
      candidate: { id: 'c1' },
      decision: {
        decidedBy: 'rules',
        reason: expect.stringMatching(/policy: .*tokyo \(ap-northeast-1\) may not be used/),
      },
    });
  });

  it.each<[string, ScriptStep[], RegExp]>([
    ['is truncated', [{ kind: 'truncated', text: '{"weigh": "c1 and' }], /truncated: the answer was cut/],
    [
      'is overloaded',
      [529, 529, 529].map((status) => ({ kind: 'status', status, retryAfter: '1' })),
      /unavailable: .*529/,
    ],
    ['hangs', [{ kind: 'hang' }], /outcome-unknown: the model did not answer in time/],
    ['drops the connection', [{ kind: 'reset' }], /outcome-unknown/],
    ['declines', [{ kind: 'refusal' }], /refused: the model declined/],
    ['talks prose', [{ kind: 'answer', answer: 'I would choose c1.' }], /invalid-answer: the answer is not JSON/],
  ])('lets rules decide when the model %s', async (_, script, reason) => {
    const result = await architect(script);
    expect(result).toMatchObject({ kind: 'decided', candidate: { id: 'c1' }, decision: { decidedBy: 'rules' } });
    expect(result.decision?.reason).toMatch(reason);
  });

  it('stops in production instead', async () => {
    const result = await architect([{ kind: 'status', status: 401 }], { onModelFailure: 'stop' });
    expect(result).toMatchObject({ kind: 'stopped', because: { code: 'misconfigured' }, summary: { used: 0 } });
  });
});
