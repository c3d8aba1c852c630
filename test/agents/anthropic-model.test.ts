import { MockActivityEnvironment } from '@temporalio/testing';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import type { TakeModelTurnInput, TakeModelTurnResult } from '../../agents/loop/model-turn';
import { createAnthropicModel } from '../../agents/models/anthropic-model';
import { freePort } from '../support/free-port';
import {
  type ScriptedModelServer,
  type ScriptOptions,
  type ScriptStep,
  startScriptedModelServer,
} from '../support/scripted-model-server';

const TURN: TakeModelTurnInput = {
  agent: 'topology architect',
  purpose: 'answer',
  model: 'claude-sonnet-5-5',
  system: 'choose',
  user: '<data>c1</data>',
  schemaId: 'topology-architect',
  maxTokens: 531,
  reservedInputTokens: 1_409,
};
const KEY = 'key-that-must-not-leak';

let server: ScriptedModelServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(script: ScriptStep[], options?: ScriptOptions): Promise<ScriptedModelServer> {
  server = await startScriptedModelServer(script, options);
  return server;
}

function take(
  baseUrl: string,
  turn: Partial<TakeModelTurnInput> = {},
  { environment = new MockActivityEnvironment(), answerTimeoutMs = 2_000 } = {},
): Promise<TakeModelTurnResult> {
  const model = createAnthropicModel({ model: turn.model ?? TURN.model, apiKey: KEY, baseUrl, answerTimeoutMs });
  return environment.run(createTakeModelTurn({ model }), { ...TURN, ...turn });
}

describe('a model turn over the Messages API', () => {
  it('sends what the ledger reserved, the schema, low effort, no thinking, and a bearer token', async () => {
    const { url, requests, counts } = await start([
      { kind: 'answer', answer: { base: 'c1' }, inputTokens: 900, outputTokens: 120 },
    ]);
    expect(await take(url)).toEqual({
      kind: 'answered',
      text: '{"base":"c1"}',
      stopReason: 'end_turn',
      inputTokens: 900,
      outputTokens: 120,
    });
    const [request] = requests;
    expect(request!.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(request!.body).toMatchObject({
      model: 'claude-sonnet-5-5',
      max_tokens: 531,
      system: 'choose',
      messages: [{ role: 'user', content: '<data>c1</data>' }],
      thinking: { type: 'between_tools' },
      output_config: {
        effort: 'low',
        format: { type: 'json_schema', schema: { required: expect.arrayContaining(['weigh']) } },
      },
    });
    expect(Object.keys((request!.body.output_config!.format!.schema as { properties: object }).properties)[0]).toBe(
      'weigh',
    );
    const { max_tokens: _, ...counted } = request!.body;
    expect(counts.map(({ body }) => body)).toEqual([counted]);
    expect(JSON.stringify(request!.body)).not.toMatch(/temperature|"tools"|top_p/);
  });

  it.each([
    ['claude-haiku-5-5', { type: 'disabled' }, { effort: 'low' }],
    ['claude-haiku-4-5', undefined, undefined],
  ])(
    'keeps %s from thinking in the way that it understands, and sends no schema for plain lines',
    async (model, thinking, config) => {
      const { url, requests } = await start([{ kind: 'answer', answer: 'base: c1' }]);
      expect(await take(url, { model, schemaId: undefined })).toMatchObject({ kind: 'answered', text: 'base: c1' });
      expect(requests[0]!.body.thinking).toEqual(thinking);
      expect(requests[0]!.body.output_config).toEqual(config);
    },
  );

  it('does not send a call that the provider counts longer than its reservation', async () => {
    const { url, requests } = await start([], { count: () => 1_400 });
    expect(await take(url)).toEqual({ kind: 'too-long', countedInputTokens: 1_438 });
    expect(requests).toHaveLength(0);
  });

  it.each(['unavailable', 'hang', 'headers-then-hang'] as const)(
    'trusts the estimate when the count is %s',
    async (count) => {
      const { url } = await start([{ kind: 'answer', answer: 'x' }], { count });
      expect(await take(url, {}, { answerTimeoutMs: 300 })).toMatchObject({ kind: 'answered' });
    },
  );

  it('reports an answer that was cut, and one that was declined, with what they cost', async () => {
    const { url } = await start([{ kind: 'truncated', text: '{"weigh": "c1' }, { kind: 'refusal' }]);
    expect(await take(url)).toMatchObject({ kind: 'answered', stopReason: 'max_tokens', outputTokens: 531 });
    expect(await take(url)).toMatchObject({ kind: 'answered', stopReason: 'refusal', text: '', outputTokens: 5 });
  });

  it('cuts an answer that is longer than its max_tokens can be', async () => {
    const { url } = await start([{ kind: 'answer', answer: `{"weigh":"${' '.repeat(3_000_000)}"}` }]);
    const result = await take(url);
    expect(result).toMatchObject({ kind: 'answered', stopReason: 'max_tokens' });
    expect(result.kind === 'answered' && result.text.length).toBe(20_000);
  });

  it.each([
    [429, '7', { kind: 'not-billed', failureType: 'Model.Unavailable', retryAfterMs: 7_000 }],
    [529, undefined, { kind: 'not-billed', failureType: 'Model.Unavailable', retryAfterMs: 2_000 }],
    [400, undefined, { kind: 'not-billed', failureType: 'Model.Misconfigured', retryAfterMs: undefined }],
    [
      401,
      undefined,
      { kind: 'not-billed', failureType: 'Model.Misconfigured', message: expect.stringContaining('check the API key') },
    ],
    [
      404,
      undefined,
      {
        kind: 'not-billed',
        failureType: 'Model.Misconfigured',
        message: expect.stringContaining('check model and base URL'),
      },
    ],
    [500, undefined, { kind: 'unknown', failureType: 'Model.Unavailable' }],
    [503, undefined, { kind: 'unknown', failureType: 'Model.Unavailable' }],
  ])('classifies status %i in one attempt', async (status, retryAfter, expected) => {
    const { url, requests } = await start([{ kind: 'status', status, retryAfter }]);
    const result = await take(url);
    expect(result).toMatchObject(expected);
    expect(requests).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain(KEY);
  });

  it.each([
    ['never answers', { kind: 'hang' }, /did not answer in time/],
    ['begins an answer and never ends it', { kind: 'headers-then-hang' }, /did not answer in time/],
    ['drops the connection', { kind: 'reset' }, /connection to the model was lost/],
    ['answers nonsense', { kind: 'garbage' }, /./],
  ] as const)('does not know what a provider billed that %s', async (_, step, message) => {
    const { url, requests } = await start([step]);
    const result = await take(url, {}, { answerTimeoutMs: 300 });
    expect(result).toMatchObject({ kind: 'unknown', message: expect.stringMatching(message) });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['says nothing of the cost', undefined],
    ['says that the prompt cost nothing', { input_tokens: 0, output_tokens: 12 }],
    ['says that its words cost nothing', { input_tokens: 900, output_tokens: 0 }],
    ['counts backwards', { input_tokens: 900, output_tokens: -1 }],
  ])('takes no answer from a provider that %s: the call is charged in full', async (_, usage) => {
    const message = { type: 'message', content: [{ type: 'text', text: 'x' }], stop_reason: 'end_turn', usage };
    const { url } = await start([{ kind: 'raw', status: 200, body: JSON.stringify(message) }]);
    const expected = { kind: 'unknown', message: expect.stringContaining('does not say what its answer cost') };
    expect(await take(url)).toMatchObject(expected);
  });

  it('sends nothing in a schema that this worker does not know, and says so', async () => {
    const { url, requests, counts } = await start([]);
    expect(await take(url, { schemaId: 'of-tomorrow' })).toEqual({
      kind: 'not-billed',
      failureType: 'Model.Misconfigured',
      message: expect.stringMatching(/no answer schema "of-tomorrow".*the same version on every worker/),
    });
    expect([...requests, ...counts]).toEqual([]);
  });

  it('knows that nothing was billed when nobody listens', async () => {
    const port = await freePort();
    expect(await take(`http://127.0.0.1:${port}`)).toMatchObject({
      kind: 'not-billed',
      retryAfterMs: 2_000,
      message: expect.stringMatching(/ECONNREFUSED.*base URL/),
    });
  });

  it('stops when the workflow is cancelled, as a cancellation', async () => {
    const environment = new MockActivityEnvironment();
    const cancelSoon: ScriptStep = () => {
      setTimeout(() => environment.cancel('CANCELLED'), 50);
      return { kind: 'hang' };
    };
    const { url } = await start([cancelSoon]);
    await expect(take(url, {}, { environment, answerTimeoutMs: 5_000 })).rejects.toMatchObject({
      name: 'CancelledFailure',
    });
  });

  it('refuses a turn for another model than the worker has', async () => {
    const environment = new MockActivityEnvironment();
    const result = await environment.run(createTakeModelTurn({ model: undefined }), TURN);
    expect(result).toMatchObject({
      kind: 'not-billed',
      failureType: 'Model.Misconfigured',
      message: expect.stringContaining('no model configured'),
    });
  });
});
