import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import type { TakeModelTurnInput } from '../../agents/loop/model-turn';
import { type BedrockModelOptions, createBedrockModel } from '../../agents/models/bedrock-model';
import type { Model } from '../../agents/models/model';
import { startBlackHole } from '../support/black-hole';
import { type ScriptedBedrockServer, startScriptedBedrockServer } from '../support/scripted-bedrock-server';
import type { ScriptedReply } from '../support/scripted-model-server';

const [FRANKFURT, VIRGINIA, SINGAPORE] = ['eu-central-1', 'us-east-1', 'ap-southeast-1'] as const;
const TOKEN = 'ABSKthis-must-not-leak';
const HALF_OPEN_AFTER_MS = 400;

const TURN: TakeModelTurnInput = {
  agent: 'topology architect',
  purpose: 'answer',
  model: 'claude-sonnet-4-6',
  system: 'choose',
  user: '<data>c1</data>',
  schemaId: 'topology-architect',
  maxTokens: 531,
  reservedInputTokens: 1_409,
};
const ANSWER: ScriptedReply = { kind: 'answer', answer: { base: 'c1' }, inputTokens: 900, outputTokens: 120 };
const DOWN: Extract<ScriptedReply, { kind: 'status' }> = {
  kind: 'status',
  status: 503,
  name: 'ServiceUnavailableException',
};
const THROTTLED: ScriptedReply = { kind: 'status', status: 429, name: 'ThrottlingException', retryAfter: '7' };

let server: ScriptedBedrockServer;
const environment = { ...process.env };
afterEach(async () => {
  await server.stop();
  process.env = { ...environment };
});

async function start(
  regions: Record<string, ScriptedReply[]>,
  changes: Partial<BedrockModelOptions> = {},
  behaviour: Parameters<typeof startScriptedBedrockServer>[1] = {},
) {
  server = await startScriptedBedrockServer(regions, behaviour);
  return createBedrockModel({
    model: TURN.model,
    regions: Object.keys(regions),
    routing: 'global',
    endpoint: server.endpoint,
    bearerToken: TOKEN,
    answerTimeoutMs: 1_000,
    halfOpenAfterMs: HALF_OPEN_AFTER_MS,
    ...changes,
  });
}

function take(model: Model, turn: Partial<TakeModelTurnInput> = {}, environment = new MockActivityEnvironment()) {
  return environment.run(createTakeModelTurn({ model }), { ...TURN, model: model.id, ...turn });
}

const asked = () => server.invocations.map(({ region }) => region);

describe('a model turn on Amazon Bedrock', () => {
  it('invokes the profile of the geography, with the schema, no thinking, and a token that was configured', async () => {
    const model = await start({ [FRANKFURT]: [ANSWER] }, { routing: 'geography' });
    expect(await take(model)).toEqual({
      kind: 'answered',
      text: '{"base":"c1"}',
      stopReason: 'end_turn',
      inputTokens: 900,
      outputTokens: 120,
      via: `bedrock ${FRANKFURT}`,
    });
    const [{ modelId, headers, body }] = server.invocations as [(typeof server.invocations)[0]];
    expect(modelId).toBe('eu.anthropic.claude-sonnet-4-6');
    expect(headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(body).toMatchObject({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 531,
      system: 'choose',
      messages: [{ role: 'user', content: '<data>c1</data>' }],
      output_config: { effort: 'low', format: { type: 'json_schema' } },
    });
    expect(body).not.toHaveProperty('model');
    expect(body).not.toHaveProperty('thinking');
  });

  it('counts what it is about to send, and does not send what is longer than its reservation', async () => {
    const model = await start({ [FRANKFURT]: [ANSWER] });
    expect(await take(model)).toMatchObject({ kind: 'answered' });
    const { anthropic_version, max_tokens: _, ...counted } = server.counts[0]!.body;
    expect(server.counts[0]!.modelId).toBe('anthropic.claude-sonnet-4-6');
    expect(anthropic_version).toBe('bedrock-2023-05-31');
    const { anthropic_version: __, max_tokens: ___, ...sent } = server.invocations[0]!.body;
    expect(counted).toEqual(sent);
    expect(await take(model, { reservedInputTokens: 50 })).toMatchObject({ kind: 'too-long' });
    expect(server.invocations).toHaveLength(1);
  });

  it('trusts the estimate when the count begins and never ends', async () => {
    const model = await start({ [FRANKFURT]: [ANSWER] }, { answerTimeoutMs: 300 }, { count: 'headers-then-hang' });
    expect(await take(model)).toMatchObject({ kind: 'answered' });
    expect(server.counts).toHaveLength(1);
  });

  it('sends nothing in a schema that this worker does not know, and says so', async () => {
    const model = await start({ [FRANKFURT]: [ANSWER] });
    const result = await take(model, { schemaId: 'of-tomorrow' });
    expect(result).toMatchObject({ kind: 'not-billed', failureType: 'Model.Misconfigured' });
    expect([...server.invocations, ...server.counts]).toEqual([]);
  });

  it('writes the schema into the prompt of a model for which Bedrock enforces none, and takes it out of a code block', async () => {
    const fenced: ScriptedReply = { kind: 'answer', answer: '```json\n{"base": "c1"}\n```' };
    const model = await start({ [FRANKFURT]: [fenced] }, { model: 'claude-haiku-5-5' });
    expect(await take(model)).toMatchObject({ kind: 'answered', text: '{"base": "c1"}' });
    const { body } = server.invocations[0]!;
    expect(body.system).toMatch(/^choose\nanswer with one json object.*"required":\["weigh"/s);
    expect(body.output_config).toEqual({ effort: 'low' });
    expect(body.thinking).toEqual({ type: 'disabled' });
    expect(server.counts).toHaveLength(0);
  });

  it('signs with the credentials that AWS tools find, for the region that is asked', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'secret' });
    const model = await start({ [FRANKFURT]: [DOWN], [VIRGINIA]: [ANSWER] }, { bearerToken: undefined });
    await take(model);
    const scopes = server.invocations.map(({ headers }) => /Credential=(\S+),/.exec(headers.authorization ?? '')?.[1]);
    expect(scopes).toEqual([
      expect.stringMatching(/^AKIDTEST\/\d{8}\/eu-central-1\/bedrock\/aws4_request$/),
      expect.stringMatching(/^AKIDTEST\/\d{8}\/us-east-1\/bedrock\/aws4_request$/),
    ]);
  });

  it('repeats nothing of the credentials that AWS tools find', async () => {
    const found = {
      AWS_ACCESS_KEY_ID: 'id-of-no-form',
      AWS_SECRET_ACCESS_KEY: 'key-of-no-form',
      AWS_SESSION_TOKEN: 'token-of-no-form',
    };
    Object.assign(process.env, found);
    const message = `no: ${Object.values(found).join(' and ')}`;
    const denied: ScriptedReply = { kind: 'status', status: 403, name: 'AccessDeniedException', message };
    const model = await start({ [FRANKFURT]: [denied] }, { bearerToken: undefined });
    expect(await take(model)).toMatchObject({
      message: expect.stringContaining('no: [redacted] and [redacted] and [redacted]'),
    });
  });

  it('sends nothing when there are no credentials, and says so', async () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    const nowhere = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: '/none',
      AWS_CONFIG_FILE: '/none',
    };
    Object.assign(process.env, nowhere);
    const model = await start({ [FRANKFURT]: [ANSWER], [VIRGINIA]: [ANSWER] }, { bearerToken: undefined });
    const result = await take(model);
    expect(result).toMatchObject({ kind: 'not-billed', failureType: 'Model.Misconfigured', retryAfterMs: undefined });
    expect(result).toMatchObject({ message: expect.stringMatching(/no AWS credentials.*AWS_BEARER_TOKEN_BEDROCK/) });
    expect(asked()).toEqual([]);
  });
});

describe('failover between regions', () => {
  it.each([
    [DOWN, '503 ServiceUnavailableException'],
    [THROTTLED, '429 ThrottlingException'],
    [{ kind: 'status', status: 429, name: 'ModelNotReadyException' }, '429 ModelNotReadyException'],
    [{ kind: 'status', status: 529 }, '529'],
    [{ kind: 'status', status: 403, name: 'AccessDeniedException' }, '403 AccessDeniedException'],
    [{ kind: 'status', status: 404, name: 'ResourceNotFoundException' }, '404 ResourceNotFoundException'],
    [
      {
        kind: 'status',
        status: 400,
        name: 'ValidationException',
        message: 'The provided model identifier is invalid.',
      },
      '400 ValidationException',
    ],
  ] satisfies Array<[ScriptedReply, string]>)('goes on after %j, which cost nothing', async (reply, brief) => {
    const model = await start({ [FRANKFURT]: [reply], [VIRGINIA]: [ANSWER] });
    expect(await take(model)).toMatchObject({ kind: 'answered', via: `bedrock us-east-1 (eu-central-1: ${brief})` });
    expect(asked()).toEqual([FRANKFURT, VIRGINIA]);
  });

  it('goes on when nobody listens in a region: nothing was sent', async () => {
    await start({});
    const endpoint = server.endpoint;
    await server.stop();
    const regions = [FRANKFURT, VIRGINIA];
    const model = createBedrockModel({ model: TURN.model, regions, routing: 'global', endpoint, bearerToken: TOKEN });
    expect(await take(model)).toMatchObject({
      kind: 'not-billed',
      failureType: 'Model.Unavailable',
      retryAfterMs: 2_000,
      message: expect.stringMatching(/eu-central-1: .*ECONNREFUSED.*us-east-1: .*ECONNREFUSED/),
    });
  });

  it('goes on when connections to a region disappear without a word: nothing was sent', async () => {
    await start({});
    const { address, stop } = await startBlackHole();
    const model = createBedrockModel({
      model: TURN.model,
      regions: [FRANKFURT, VIRGINIA],
      routing: 'global',
      endpoint: `http://${address}/{region}`,
      bearerToken: TOKEN,
      connectTimeoutMs: 200,
    });
    const result = await take(model);
    await stop();
    expect(result).toMatchObject({
      kind: 'not-billed',
      failureType: 'Model.Unavailable',
      retryAfterMs: 2_000,
      message: expect.stringMatching(/eu-central-1: .*no connection within 0.2 s.*us-east-1: .*no connection within/),
    });
  });

  it.each([
    ['never answers', { kind: 'hang' }, /eu-central-1: the model did not answer in time/],
    [
      'begins an answer and never ends it',
      { kind: 'headers-then-hang' },
      /eu-central-1: the model did not answer in time/,
    ],
    ['drops the connection', { kind: 'reset' }, /eu-central-1: the connection to the model was lost/],
    ['fails inside', { kind: 'status', status: 500, name: 'InternalServerException' }, /500 InternalServerException/],
    ['gives the model up', { kind: 'status', status: 408, name: 'ModelTimeoutException' }, /408 ModelTimeoutException/],
    ['fails at the model', { kind: 'status', status: 424, name: 'ModelErrorException' }, /424 ModelErrorException/],
    ['is down without saying it', { kind: 'status', status: 503 }, /503/],
    ['breaks off', { kind: 'overloaded-late' }, /broke its answer off.*overloaded_error/],
  ] satisfies Array<[string, ScriptedReply, RegExp]>)(
    'asks nobody else when the first region %s: it may have answered',
    async (_, reply, message) => {
      const model = await start({ [FRANKFURT]: [reply], [VIRGINIA]: [ANSWER] }, { answerTimeoutMs: 300 });
      expect(await take(model)).toMatchObject({ kind: 'unknown', message: expect.stringMatching(message) });
      expect(asked()).toEqual([FRANKFURT]);
    },
  );

  it('asks nobody else when the request or the credentials are refused: they would be everywhere', async () => {
    const expired: ScriptedReply = { kind: 'status', status: 403, name: 'ExpiredTokenException' };
    const invalid: ScriptedReply = { kind: 'status', status: 400, name: 'ValidationException', message: 'bad schema' };
    const model = await start({ [FRANKFURT]: [expired, invalid], [VIRGINIA]: [ANSWER] });
    expect(await take(model)).toMatchObject({ kind: 'not-billed', failureType: 'Model.Misconfigured' });
    expect(await take(model)).toMatchObject({ kind: 'not-billed', message: expect.stringContaining('bad schema') });
    expect(asked()).toEqual([FRANKFURT, FRANKFURT]);
  });

  it('says of every region why it did not answer, and when the first of them may', async () => {
    const model = await start({
      [FRANKFURT]: [THROTTLED],
      [VIRGINIA]: [{ kind: 'status', status: 503, name: 'ServiceUnavailableException', retryAfter: '3' }],
      [SINGAPORE]: [{ kind: 'status', status: 404, name: 'ResourceNotFoundException' }],
    });
    expect(await take(model)).toEqual({
      kind: 'not-billed',
      failureType: 'Model.Unavailable',
      retryAfterMs: 3_000,
      message: expect.stringMatching(
        /eu-central-1: .*\(429 ThrottlingException\).*us-east-1: .*\(503 ServiceUnavailableException\).*ap-southeast-1: .*\(404 ResourceNotFoundException\)/,
      ),
    });
  });

  it('asks no further region when the time is up: an answer would be charged and lost', async () => {
    const model = await start(
      { [FRANKFURT]: [{ ...DOWN, delayMs: 700 }], [VIRGINIA]: [ANSWER] },
      { answerTimeoutMs: 1_300 },
    );
    expect(await take(model)).toMatchObject({
      kind: 'not-billed',
      message: expect.stringMatching(/eu-central-1: .*503 .*us-east-1: not asked, no time left/),
    });
    expect(asked()).toEqual([FRANKFURT]);
  });

  it('leaves a wrong configuration to people when it is wrong everywhere', async () => {
    const denied: ScriptedReply = {
      kind: 'status',
      status: 403,
      name: 'AccessDeniedException',
      message: `no access with Bearer ${TOKEN}`,
    };
    const model = await start({ [FRANKFURT]: [denied], [VIRGINIA]: [denied] });
    const result = await take(model);
    expect(result).toMatchObject({ failureType: 'Model.Misconfigured', retryAfterMs: undefined });
    expect(result).toMatchObject({ message: expect.stringContaining('bedrock:InvokeModel') });
    expect(JSON.stringify(result)).not.toContain(TOKEN);
  });
});

describe('the breaker of a region', () => {
  it('stops asking a region that is down, and asks it again later', async () => {
    const model = await start({ [FRANKFURT]: [DOWN], [VIRGINIA]: [ANSWER] });
    for (let call = 0; call < 3; call++) await take(model);
    server.invocations.length = 0;

    expect(await take(model)).toMatchObject({
      kind: 'answered',
      via: 'bedrock us-east-1 (eu-central-1: not asked, 503 ServiceUnavailableException again and again)',
    });
    expect(asked()).toEqual([VIRGINIA]);

    server.script(FRANKFURT, [ANSWER]);
    await sleep(HALF_OPEN_AFTER_MS + 20);
    expect(await take(model)).toMatchObject({ via: `bedrock ${FRANKFURT}` });
    expect(await take(model)).toMatchObject({ via: `bedrock ${FRANKFURT}` });
    expect(asked()).toEqual([VIRGINIA, FRANKFURT, FRANKFURT]);
  });

  it('opens again when the one call that tries fails', async () => {
    const model = await start({ [FRANKFURT]: [DOWN], [VIRGINIA]: [ANSWER] });
    for (let call = 0; call < 3; call++) await take(model);
    await sleep(HALF_OPEN_AFTER_MS + 20);
    server.invocations.length = 0;
    await take(model);
    await take(model);
    expect(asked()).toEqual([FRANKFURT, VIRGINIA, VIRGINIA]);
  });

  /** A call that is stopped when the region has it. */
  async function stopped(model: Model) {
    const environment = new MockActivityEnvironment();
    const before = server.invocations.length;
    const call = take(model, {}, environment);
    call.catch(() => {});
    while (server.invocations.length === before) await sleep(5);
    await sleep(50);
    environment.cancel('CANCELLED');
    await expect(call).rejects.toMatchObject({ name: 'CancelledFailure' });
  }

  it('stays open when the one call that tries is stopped: that shows nothing', async () => {
    const model = await start({ [FRANKFURT]: [DOWN], [VIRGINIA]: [ANSWER] });
    for (let call = 0; call < 3; call++) await take(model);
    server.script(FRANKFURT, [{ kind: 'hang' }]);
    await sleep(HALF_OPEN_AFTER_MS + 20);
    await stopped(model);
    server.invocations.length = 0;
    expect(await take(model)).toMatchObject({
      via: 'bedrock us-east-1 (eu-central-1: not asked, 503 ServiceUnavailableException again and again)',
    });
    expect(asked()).toEqual([VIRGINIA]);
  });

  it.each(['hang', 'headers-then-hang'] as const)('does not count calls that were stopped (%s)', async (kind) => {
    const model = await start({ [FRANKFURT]: [{ kind }], [VIRGINIA]: [ANSWER] });
    for (let call = 0; call < 4; call++) await stopped(model);
    expect(asked()).toEqual([FRANKFURT, FRANKFURT, FRANKFURT, FRANKFURT]);
  });

  it('tries with one call only: the others go elsewhere meanwhile', async () => {
    const model = await start({ [FRANKFURT]: [DOWN], [VIRGINIA]: [ANSWER] });
    for (let call = 0; call < 3; call++) await take(model);
    server.script(FRANKFURT, [{ ...DOWN, delayMs: 200 }]);
    await sleep(HALF_OPEN_AFTER_MS + 20);
    server.invocations.length = 0;
    const results = await Promise.all([take(model), take(model), take(model)]);
    expect((results as Array<{ kind: string }>).map(({ kind }) => kind)).toEqual(['answered', 'answered', 'answered']);
    expect(asked().sort()).toEqual([FRANKFURT, VIRGINIA, VIRGINIA, VIRGINIA]);
  });

  it.each(['reset', 'headers-then-hang'] as const)(
    'opens for a region whose answers are lost (%s): the next call is made elsewhere',
    async (kind) => {
      const model = await start({ [FRANKFURT]: [{ kind }], [VIRGINIA]: [ANSWER] }, { answerTimeoutMs: 200 });
      for (let call = 0; call < 3; call++) expect(await take(model)).toMatchObject({ kind: 'unknown' });
      expect(await take(model)).toMatchObject({
        via: expect.stringMatching(/^bedrock us-east-1 \(eu-central-1: not asked/),
      });
    },
  );

  it('gives the regions that stand in two more chances, and says when one may be asked again', async () => {
    const model = await start({ [FRANKFURT]: [DOWN], [VIRGINIA]: [DOWN] });
    for (let call = 0; call < 5; call++) await take(model);
    expect(asked().filter((region) => region === FRANKFURT)).toHaveLength(3);
    expect(asked().filter((region) => region === VIRGINIA)).toHaveLength(5);
    const result = await take(model);
    expect(asked()).toHaveLength(8);
    expect(result).toMatchObject({ kind: 'not-billed', message: expect.stringContaining('not asked') });
    const { retryAfterMs } = result as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(HALF_OPEN_AFTER_MS);
  });

  it('does not count what tells nothing of the region', async () => {
    const invalid: ScriptedReply = { kind: 'status', status: 400, name: 'ValidationException', message: 'bad schema' };
    const model = await start({ [FRANKFURT]: [invalid] });
    for (let call = 0; call < 4; call++) await take(model);
    expect(asked()).toHaveLength(4);
  });
});
