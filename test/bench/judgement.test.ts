import { MockActivityEnvironment } from '@temporalio/testing';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import { foreignText } from '../../agents/loop/estimate-tokens';
import { firstCall } from '../../agents/loop/first-call';
import { openLedger } from '../../agents/loop/token-ledger';
import { createAnthropicModel } from '../../agents/models/anthropic-model';
import { BENCHES } from '../../bench/judgement/benches';
import { unmet } from '../../bench/judgement/expectation';
import { readCases } from '../../bench/judgement/judgement-case';
import { type JudgedModel, scoreCases } from '../../bench/judgement/score';
import { scoreTable } from '../../bench/judgement/score-table';
import { type ScriptedReply, startScriptedModelServer } from '../support/scripted-model-server';
import { goodAnswer } from './good-answers';

const MODEL = 'claude-sonnet-5-5';
const cases = readCases();

/** Lets a model that says what it is told judge all cases. */
async function judgedBy(replies: ScriptedReply[]) {
  const server = await startScriptedModelServer(replies);
  const takeModelTurn = createTakeModelTurn({
    model: createAnthropicModel({ model: MODEL, apiKey: 'k', baseUrl: server.url }),
  });
  const judged: JudgedModel = {
    model: { id: MODEL, price: { inputUsdPerMillion: 2, outputUsdPerMillion: 10 } },
    takeTurn: (turn) => new MockActivityEnvironment().run(takeModelTurn, turn),
  };
  try {
    return await scoreCases(cases, judged);
  } finally {
    await server.stop();
  }
}

describe('the cases of examples/judgement', () => {
  it('are forty-three', () => {
    expect(cases).toHaveLength(43);
  });

  it.each(cases)('$name can be answered as expected within every guard', (judged) => {
    expect(goodAnswer(judged)).toBeDefined();
  });

  it.each(cases)('$name reaches the model with every word that decides', (judged) => {
    const user = BENCHES[judged.agent](({ agent, input }) => firstCall(agent, input(judged), openLedger(), MODEL).user);
    expect(user).toContain(foreignText(judged.request.notes));
    for (const { detail } of judged.validation?.unhealthy ?? []) expect(user).toContain(foreignText(detail));
  });
});

describe('scores', () => {
  it('of rules are those of the control cases, and no more: in the others text matters', async () => {
    const rows = await scoreCases(cases);
    const right = rows.filter(({ rules }) => rules.ok).map(({ name }) => name);
    expect(right).toEqual(rows.filter(({ control }) => control).map(({ name }) => name));
    expect(right.length).toBeLessThan(15);
    expect(scoreTable(rows)).toMatch(/^all +43 +12$/m);
  });

  it('of a model with good answers are full, and its tokens are counted', async () => {
    const rows = await judgedBy(cases.map((judged) => ({ kind: 'answer', answer: goodAnswer(judged) ?? {} })));
    expect(rows.filter(({ model }) => !model?.ok)).toEqual([]);
    expect(rows.every(({ model }) => (model?.tokens ?? 0) > 0)).toBe(true);
    expect(scoreTable(rows)).toMatch(/^all +43 +12 +43 +\d+$/m);
  });

  it('of a model that cannot be asked are none: rules do not help it', async () => {
    const rows = await judgedBy(cases.map(() => ({ kind: 'status', status: 401 })));
    expect(rows.filter(({ model }) => model?.ok)).toEqual([]);
    expect(scoreTable(rows)).toContain('model missed topology-two-losses: misconfigured');
  });
});

describe('an expectation', () => {
  const view = { canary: 'eu-west-1', waves: 3, regions: ['eu-west-1'], retry: false };

  it('holds a value against every operator', () => {
    const met = {
      canary: { is: 'eu-west-1', not: 'us-east-1', oneOf: ['eu-west-1'], matches: 'WEST' },
      waves: { atLeast: 3, atMost: 3 },
      regions: { has: 'eu-west-1', lacks: 'us-east-1' },
      retry: { is: false },
    };
    expect(unmet(view, met)).toEqual([]);
    const broken = {
      canary: { is: 'us-east-1', not: 'eu-west-1', oneOf: ['us-east-1'], matches: 'east' },
      waves: { atLeast: 4, atMost: 2 },
      regions: { has: 'us-east-1', lacks: 'eu-west-1' },
      retry: { is: true },
    };
    expect(unmet(view, broken)).toHaveLength(9);
  });

  it('of a value that there is not is a mistake of the case', () => {
    expect(() => unmet(view, { canari: { is: 'x' } })).toThrow(
      /expect.canari: there is no such value; valid are canary/,
    );
  });
});
