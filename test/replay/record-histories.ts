import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { createAnthropicModel } from '../../agents/models/anthropic-model';
import { abortUpdate, decideApprovalUpdate, progressQuery } from '../../contracts/messages';
import { acknowledgeAlertUpdate } from '../../contracts/watch-messages';
import { deploymentWorkflowId } from '../../contracts/workflow-ids';
import { PlatformError } from '../../platforms/platform-error';
import { type FakeDeployments, fakeRequest, startFakeDeployments } from '../support/fake-deployments';
import { goLive } from '../support/live-fake';
import { followingAnswer } from '../support/scripted-answers';
import { type ScriptStep, startScriptedModelServer } from '../support/scripted-model-server';
import { startWatch } from '../support/watched-deployment';

/** Records one history of every way a deployment can go, on the fake platform. Run by `npm run record:histories`. */
const HISTORIES = path.join(__dirname, 'histories');

let fake: FakeDeployments;
beforeAll(async () => {
  rmSync(HISTORIES, { recursive: true, force: true });
  mkdirSync(HISTORIES);
  fake = await startFakeDeployments();
});
afterAll(() => fake.stop());
beforeEach(() => fake.reset());

const refused = new PlatformError('Platform.StackFailed', 'no capacity', { region: 'eu-west-1' });

async function record(name: string, handle: WorkflowHandle): Promise<void> {
  const bytes = temporal.api.history.v1.History.encode(await handle.fetchHistory()).finish();
  const recorded = { workflowId: handle.workflowId, history: gzipSync(bytes).toString('base64') };
  writeFileSync(path.join(HISTORIES, `${name}.json`), JSON.stringify(recorded));
}

async function deployed(name: string, change?: Parameters<FakeDeployments['deploy']>[0]) {
  const handle = await fake.deploy(change);
  const report = await handle.result();
  await record(name, handle);
  return report;
}

it('promoted, with its regions, its entity, a change and its end', async () => {
  const one = { application: 'recorded', hostname: 'recorded.example.com' };
  const report = await deployed('promoted', one);
  const { client } = fake.temporal.environment;
  for (const { region } of report.topology?.regions ?? []) {
    await record(`region-${region}`, client.workflow.getHandle(`${report.workflow.id}/${region}`));
  }
  await deployed('unchanged', one);
  const version = (image: string) => ({ ...one, services: fakeRequest().services.map((all) => ({ ...all, image })) });
  await deployed('changed', version('meridian/sample-orders:1.1'));
  fake.cloud.script.push({ call: 'apply', region: 'eu-west-1', kind: 'base', times: 99, error: refused });
  const returned = await deployed('change-returned', version('meridian/sample-orders:1.2'));
  expect(returned.verdict).toBe('rolled-back');
  fake.cloud.script.length = 0;
  const operation = { kind: 'retire', requester: 'ada' } as const;
  const retire = await fake.begin(operation, report.request);
  await retire.result();
  await record('retired', retire);
  await record('entity', client.workflow.getHandle(deploymentWorkflowId(report.request)));
});

it('a watch: a standby is lost, drained, and comes back; an alert is acknowledged; a fresh run', async () => {
  const watched = await startFakeDeployments({ dynamicConfig: ['history.timerProcessorMaxTimeShift="20ms"'] });
  try {
    const live = await goLive(watched);
    const watch = await startWatch(watched, live);
    watched.cloud.sick.add(live.others[1]);
    while ((await watch.alerts()).alerts.length === 0) await watch.checks(2);
    const alertId = (await watch.alerts()).alerts[0]?.id ?? '';
    await watch.handle.executeUpdate(acknowledgeAlertUpdate, { args: [{ alertId, by: 'grace' }] });
    watched.cloud.sick.clear();
    const { runId } = await watch.handle.describe();
    while ((await watch.handle.describe()).runId === runId) await watch.checks(10);
    const { client } = watched.temporal.environment;
    await record('watch-fresh-run', client.workflow.getHandle(watch.handle.workflowId, runId));
    await watch.checks(3);
    await record('watch', watch.handle);
    await watch.end();
  } finally {
    await watched.stop();
  }
}, 180_000);

it('a region is refused', async () => {
  fake.cloud.script.push({ call: 'apply', region: 'eu-west-1', kind: 'base', times: 99, error: refused });
  await deployed('region-refused');
});

it('everything is taken back', async () => {
  fake.cloud.script.push({ call: 'apply', region: 'eu-west-1', kind: 'data', times: 99, error: refused });
  await deployed('taken-back', { rollout: { onFailure: 'rollback-all' } });
});

it('blocked', async () => {
  fake.cloud.loses.add(1);
  await deployed('blocked');
});

it('answers are lost', async () => {
  const lost = new PlatformError('Platform.Unavailable', 'connection reset');
  for (const call of ['apply', 'promote', 'undo']) fake.cloud.script.push({ call, times: 1, error: lost, after: true });
  await deployed('answers-lost');
});

it('approved, rejected, stopped', async () => {
  for (const decision of ['approve', 'reject'] as const) {
    const handle = await fake.deploy({ rollout: { approval: 'plan' } });
    const { id, digest } = await waiting(handle);
    await handle.executeUpdate(decideApprovalUpdate, { args: [{ approvalId: id, digest, decision, by: 'grace' }] });
    await handle.result();
    await record(`approval-${decision}`, handle);
  }
  const handle = await fake.deploy({ rollout: { approval: 'plan' } });
  await waiting(handle);
  await handle.executeUpdate(abortUpdate, { args: [{ by: 'grace', reason: 'recorded' }] });
  await handle.result();
  await record('stopped', handle);
});

it('with a model: every step decided by it, lost while it is asked, rules only when a person says so', async () => {
  const replies: ScriptStep[] = [];
  const step: ScriptStep = (request) => {
    const next = replies.shift() ?? followingAnswer;
    return typeof next === 'function' ? next(request) : next;
  };
  const server = await startScriptedModelServer(Array.from({ length: 60 }, () => step));
  const model = createAnthropicModel({
    model: 'claude-sonnet-5-5',
    apiKey: 'recorded-key',
    baseUrl: server.url,
    answerTimeoutMs: 1_000,
  });
  const asked = await startFakeDeployments({ model, onModelFailure: 'stop' });
  try {
    const handle = await asked.deploy();
    await handle.result();
    await record('model-decides', handle);

    replies.push({ kind: 'hang' }, { kind: 'status', status: 429, retryAfter: '1' });
    const lost = await asked.deploy({ rollout: { approval: 'none', bakeSeconds: 1 } });
    const { id, digest } = await waiting(lost);
    await lost.executeUpdate(decideApprovalUpdate, {
      args: [{ approvalId: id, digest, decision: 'approve', by: 'grace' }],
    });
    await lost.result();
    await record('model-lost-rules-asked', lost);

    asked.cloud.script.push({ call: 'apply', region: 'eu-west-1', kind: 'base', times: 99, error: refused });
    const failed = await asked.deploy();
    await failed.result();
    await record('model-analyses-failure', failed);
  } finally {
    await asked.stop();
    await server.stop();
  }
});

async function waiting(handle: WorkflowHandle) {
  for (;;) {
    const { approval } = await handle.query(progressQuery, { sinceSeq: 0 }).catch(() => ({ approval: undefined }));
    if (approval?.state === 'waiting') return approval;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
