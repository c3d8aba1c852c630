import { randomUUID } from 'node:crypto';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import type { TakeModelTurn } from '../../agents/loop/model-turn';
import { createAnthropicModel } from '../../agents/models/anthropic-model';
import { loopModel } from '../../agents/models/model-config';
import { type ScriptStep, startScriptedModelServer } from '../support/scripted-model-server';
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
async function run(takeModelTurn: TakeModelTurn) {
  const { client, nativeConnection: connection } = temporal.environment;
  const taskQueue = `agents-${randomUUID()}`;
  const worker = await Worker.create({ connection, taskQueue, workflowBundle, activities: { takeModelTurn } });
  const handle = await client.workflow.start<typeof architectWorkflow>('architectWorkflow', {
    taskQueue,
    workflowId: taskQueue,
    args: [exampleInput(), loopModel({ provider: 'anthropic', model: MODEL })!],
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
});
