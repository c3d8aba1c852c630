import { randomUUID } from 'node:crypto';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import type { TakeModelTurn } from '../../agents/loop/model-turn';
import { createAnthropicModel } from '../../agents/models/anthropic-model';
import { createBedrockModel } from '../../agents/models/bedrock-model';
import { loopModel, type ModelChoice } from '../../agents/models/model-config';
import { startScriptedBedrockServer } from '../support/scripted-bedrock-server';
import { type ScriptedReply, type ScriptStep, startScriptedModelServer } from '../support/scripted-model-server';
import { startTestTemporal, type TestTemporal } from '../support/temporal-server';
import { exampleInput } from './architect-input';
import type { architectWorkflow } from './architect-workflow';

const MODEL = 'claude-sonnet-5-5';
const GOOD = {
  weigh: 'c1 keeps writes in virginia',
  base: 'c1',
  mode: 'active-passive',
  groups: ['primary virginia: writes', 'standby ireland singapore: reads'],
  routing: 'latency',
  edge: false,
  notes: [],
};

let temporal: TestTemporal;
let workflowBundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  temporal = await startTestTemporal();
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./architect-workflow'),
    logger: new DefaultLogger('WARN'),
  });
});
afterAll(async () => temporal?.stop());

/** Runs the loop as a workflow on a real server, then replays its history. */
async function run(
  takeModelTurn: TakeModelTurn,
  choice: ModelChoice = { provider: 'anthropic', model: MODEL },
  onModelFailure: 'stop' | 'rules' = 'rules',
) {
  const { client, nativeConnection: connection } = temporal.environment;
  const taskQueue = `agents-${randomUUID()}`;
  const worker = await Worker.create({ connection, taskQueue, workflowBundle, activities: { takeModelTurn } });
  const handle = await client.workflow.start<typeof architectWorkflow>('architectWorkflow', {
    taskQueue,
    workflowId: taskQueue,
    args: [exampleInput(), loopModel(choice)!, onModelFailure],
  });
  const result = await worker.runUntil(handle.result());
  await Worker.runReplayHistory({ workflowBundle }, await handle.fetchHistory());
  return result;
}

async function runWithServer(script: ScriptStep[]) {
  const server = await startScriptedModelServer(script);
  try {
    const model = createAnthropicModel({ model: MODEL, apiKey: 'k', baseUrl: server.url });
    return await run(createTakeModelTurn({ model }));
  } finally {
    await server.stop();
  }
}

const BEDROCK = {
  provider: 'bedrock',
  model: 'claude-sonnet-4-6',
  regions: ['eu-central-1', 'us-east-1'],
  routing: 'geography',
} as const satisfies ModelChoice;
const DOWN: ScriptedReply = { kind: 'status', status: 503, name: 'ServiceUnavailableException', retryAfter: '0.1' };

async function runWithBedrock(regions: Record<string, ScriptedReply[]>, onModelFailure?: 'stop' | 'rules') {
  const server = await startScriptedBedrockServer(regions);
  try {
    const model = createBedrockModel({ ...BEDROCK, endpoint: server.endpoint, bearerToken: 'token' });
    const result = await run(createTakeModelTurn({ model }), BEDROCK, onModelFailure);
    return { ...result, asked: server.invocations.map(({ region }) => region) };
  } finally {
    await server.stop();
  }
}

describe('agent loop as workflow code', () => {
  it('runs in the sandbox, waits for a busy provider with a timer, repairs, and replays', async () => {
    const result = await runWithServer([
      { kind: 'status', status: 429, retryAfter: '1' },
      { kind: 'answer', answer: { ...GOOD, groups: ['primary frankfurt'] }, inputTokens: 1_000, outputTokens: 200 },
      { kind: 'answer', answer: 'groups: primary virginia\ngroups: standby ireland singapore' },
    ]);
    expect(result.outcome).toMatchObject({ kind: 'decided', by: 'model', choice: { candidate: { id: 'c1' } } });
    expect(result.ledger.entries.map(({ outcome }) => outcome)).toEqual(['not-billed', 'answered', 'answered']);
  });

  it('charges a turn whose worker was lost, and lets rules decide', async () => {
    const result = await run(async () => {
      throw ApplicationFailure.create({ message: 'worker gone', category: ApplicationFailureCategory.BENIGN });
    });
    expect(result.outcome).toMatchObject({ kind: 'decided', by: 'rules', because: { code: 'outcome-unknown' } });
    const [entry] = result.ledger.entries;
    expect(entry!.inputTokens + entry!.outputTokens).toBe(entry!.estimatedInput + entry!.maxTokens);
  });

  it('leaves one entry for a turn that a second region answered, and says which', async () => {
    const answer: ScriptedReply = { kind: 'answer', answer: GOOD, inputTokens: 900, outputTokens: 150 };
    const { outcome, ledger, asked } = await runWithBedrock({ 'eu-central-1': [DOWN], 'us-east-1': [answer] });
    expect(outcome).toMatchObject({ kind: 'decided', by: 'model', model: BEDROCK.model });
    expect(asked).toEqual(['eu-central-1', 'us-east-1']);
    expect(ledger.entries).toHaveLength(1);
    expect(ledger.entries[0]).toMatchObject({
      outcome: 'answered',
      inputTokens: 900,
      outputTokens: 150,
      detail: 'end_turn, from bedrock us-east-1 (eu-central-1: 503 ServiceUnavailableException)',
    });
    // 3 and 15 dollars a million, a tenth more for staying in the geography
    expect(ledger.entries[0]!.usd).toBeCloseTo(((900 * 3 + 150 * 15) * 1.1) / 1e6, 8);
  });

  it.each(['rules', 'stop'] as const)('costs nothing when every region is down, and ends with %s', async (ending) => {
    const { outcome, ledger, asked } = await runWithBedrock({ 'eu-central-1': [DOWN], 'us-east-1': [DOWN] }, ending);
    const because = {
      code: 'unavailable',
      message: expect.stringMatching(/eu-central-1: .*503 ServiceUnavailable.*us-east-1: .*503 ServiceUnavailable/),
    };
    expect(outcome).toMatchObject(
      ending === 'rules' ? { kind: 'decided', by: 'rules', because } : { kind: 'stopped', because },
    );
    expect(asked).toHaveLength(6);
    expect(ledger.entries.map((entry) => [entry.outcome, entry.inputTokens, entry.usd])).toEqual(
      Array.from({ length: 3 }, () => ['not-billed', 0, 0]),
    );
  });
});
