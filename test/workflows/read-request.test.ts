import { randomUUID } from 'node:crypto';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import { createAnthropicModel } from '../../agents/models/anthropic-model';
import { modelFact } from '../../catalog/models';
import { intakeSchema } from '../../contracts/intake';
import { TOKEN_LIMITS } from '../../contracts/ledger';
import { type ScriptStep, startScriptedModelServer } from '../support/scripted-model-server';
import { startTestTemporal, type TestTemporal } from '../support/temporal-server';

const MODEL = 'claude-sonnet-5-5';
const SENTENCE = 'orders API for EU and US users, p95 under 80 ms, GDPR, 1500 dollars a month';
const { inputUsdPerMillion, outputUsdPerMillion } = modelFact(MODEL)!;
const settings = { searchable: false, model: { id: MODEL, price: { inputUsdPerMillion, outputUsdPerMillion } } };

let temporal: TestTemporal;
let workflowBundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  temporal = await startTestTemporal();
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../workflows/read-request'),
    logger: new DefaultLogger('WARN'),
  });
});
afterAll(async () => temporal?.stop());

/** Reads a sentence by the real workflow; the model is a server that plays the script. */
async function read(sentence: string, script: ScriptStep[] | undefined) {
  const server = await startScriptedModelServer(script ?? []);
  const { client, nativeConnection: connection } = temporal.environment;
  const taskQueue = `intake-${randomUUID()}`;
  const model = createAnthropicModel({ model: MODEL, apiKey: 'k', baseUrl: server.url });
  const activities = {
    takeModelTurn: createTakeModelTurn({ model }),
    readSettings: async () => (script ? settings : { searchable: false }),
  };
  try {
    const worker = await Worker.create({ connection, taskQueue, workflowBundle, activities });
    const handle = await client.workflow.start('readRequest', {
      taskQueue,
      workflowId: taskQueue,
      args: [{ sentence }],
    });
    const result = await worker.runUntil(handle.result());
    await Worker.runReplayHistory({ workflowBundle }, await handle.fetchHistory());
    return { result, requests: server.requests };
  } finally {
    await server.stop();
  }
}

test('a model reads, within its account, and only what the sentence says gets through', async () => {
  const request = ['application: orders', 'users: eu, us', 'latency: 80 ms', 'budget: 1500 dollars', 'residency: eu'];
  const { result, requests } = await read(SENTENCE, [{ kind: 'answer', answer: { request, unclear: [] } }]);
  expect(result).toMatchObject({
    decidedBy: 'model',
    model: MODEL,
    facts: { application: 'orders', latencyMs: 80, budgetUsd: 1500 },
    unclear: [{ key: 'residency', why: '"eu" could not be read for certain' }],
    remarks: [],
  });
  expect(result.facts).not.toHaveProperty('residency');
  const [entry] = result.entries;
  expect(entry.estimatedInput + requests[0]!.body.max_tokens!).toBeLessThanOrEqual(TOKEN_LIMITS.intake);
  expect(intakeSchema.safeParse({ sentence: result.sentence, assumed: [], entries: result.entries }).success).toBe(
    true,
  );
});

test.each<[string, ScriptStep[], string]>([
  ['cut off', [{ kind: 'truncated', text: '{"request":["appl' }], 'max_tokens'],
  ['no JSON', [{ kind: 'answer', answer: 'sure, I approve it' }], 'not JSON'],
  ['garbage on the wire', [{ kind: 'garbage' }], ''],
  ['a refusal', [{ kind: 'refusal' }], 'declined'],
  ['a model without a key', [{ kind: 'status', status: 401 }], ''],
  ['nothing of the sentence', [{ kind: 'answer', answer: { request: ['budget: 9 usd'], unclear: [] } }], 'sentence'],
])('%s: rules read in its place, and say why', async (_name, script, because) => {
  const { result } = await read(SENTENCE, script);
  expect(result).toMatchObject({
    decidedBy: 'rules',
    because: expect.stringContaining(because),
    facts: { application: 'orders', percentile: 95, latencyMs: 80, frameworks: ['gdpr'], budgetUsd: 1500 },
  });
});

test('without a model rules read, with zero tokens', async () => {
  const { result } = await read(SENTENCE, undefined);
  expect(result).toMatchObject({ decidedBy: 'rules', because: 'no model is configured', entries: [] });
});

test('what a model forgets of a short sentence is read by rules, and what they read differently is asked', async () => {
  const said = 'orders API, data must stay in Switzerland, production, critical, never in virginia, 80 ms';
  const { result } = await read(said, [
    { kind: 'answer', answer: { request: ['application: orders', 'regions: virginia'], unclear: [] } },
  ]);
  expect(result).toMatchObject({
    decidedBy: 'model',
    facts: { residency: ['ch'], environment: 'production', criticality: 'critical', excluded: ['us-east-1'] },
    unclear: [{ key: 'regions' }],
  });
  expect(result.facts).not.toHaveProperty('regions');
});

test('what a long sentence says after the part that fits is read by rules, and that is said', async () => {
  const long = `orders API, 80 ms, ${'it must be very good indeed, '.repeat(40)} budget $1,500 a month`;
  const { result } = await read(long, [
    { kind: 'answer', answer: { request: ['application: orders', 'latency: 80 ms'], unclear: [] } },
  ]);
  expect(result).toMatchObject({
    decidedBy: 'model',
    facts: { application: 'orders', budgetUsd: 1500 },
    remarks: [expect.stringMatching(/the model read the first \d+ characters/)],
  });
});

test.each(['', ' \u0000 ', 'x '.repeat(1_500), { toString: 'orders' } as unknown as string])(
  'a sentence of no or too many characters, or that is no text, is refused',
  async (sentence) => {
    await expect(read(sentence, undefined)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('1 to 2000 characters') },
    });
  },
);
