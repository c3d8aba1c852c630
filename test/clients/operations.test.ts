import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { Worker } from '@temporalio/worker';
import { runDeploy } from '../../clients/cli/commands/deploy';
import { runStatus } from '../../clients/cli/commands/status';
import { parseTarget } from '../../clients/cli/target';
import type { ClientProblem } from '../../clients/client-problem';
import { connectClient, type MeridianClient } from '../../clients/connection';
import { deploymentStatus, listDeployments, readReport } from '../../clients/observe';
import { decideApproval, planDeployment, retireDeployment, submitDeployment } from '../../clients/operations';
import { stopOperation } from '../../clients/stop-operation';
import { awaitResult, watchDeployment } from '../../clients/watch-deployment';
import type { Progress } from '../../contracts/progress';
import type { DeploymentRequest } from '../../contracts/request';
import { MERIDIAN_APPLICATION } from '../../contracts/search-attributes';
import { loadConfig } from '../../temporal.config';
import { startTestTemporal, type TestTemporal } from '../support/temporal-server';
import { memoryTerminal } from './cli/memory-terminal';
import { sampleReport } from './sample-report';

const TASK_QUEUE = 'clients';
const digest = sampleReport.plan!.digest;
const folder = mkdtempSync(join(tmpdir(), 'meridian-operations-'));
const key = (application: string) => ({ application, environment: 'staging' });
let temporal: TestTemporal;
let worker: Worker;
let running: Promise<void>;
let meridian: MeridianClient;

beforeAll(async () => {
  temporal = await startTestTemporal();
  const { connection, nativeConnection } = temporal.environment;
  worker = await Worker.create({
    connection: nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowsPath: require.resolve('./fake-deployment.workflow'),
  });
  running = worker.run();
  meridian = {
    client: new Client({ connection }),
    address: temporal.address,
    namespace: 'default',
    taskQueue: TASK_QUEUE,
    webUiUrl: 'http://localhost:1',
  };
});
afterAll(async () => {
  worker?.shutdown();
  await running;
  await temporal?.stop();
  rmSync(folder, { recursive: true });
});

function requestOf(application: string, changes: object = {}): DeploymentRequest {
  const script = { report: { ...sampleReport, request: { ...sampleReport.request, application } }, digest, ...changes };
  return { ...sampleReport.request, application, notes: JSON.stringify(script) };
}

async function submitAndWaitForApproval(application: string) {
  const begun = await submitDeployment(meridian, { request: requestOf(application), requester: 'ci' });
  for (;;) {
    const { progress } = await deploymentStatus(meridian, key(application)).catch(() => ({ progress: undefined }));
    if (progress?.approval?.state === 'waiting') return begun;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function searchableName({ client }: MeridianClient, application: string) {
  const entity = await client.workflow.getHandle(`deployment/${application}/staging`).describe();
  return entity.typedSearchAttributes.get(MERIDIAN_APPLICATION);
}

test('a second submission goes to the same entity and gets the next generation', async () => {
  const request = requestOf('twice');
  expect(await submitDeployment(meridian, { request, requester: 'ci' })).toMatchObject({
    generation: 1,
    workflowId: 'deploy/twice/staging/1',
  });
  expect(await submitDeployment(meridian, { request, requester: 'ci' })).toMatchObject({ generation: 2 });
});

test('a deployment is watched to its report: each event once, the approval on the way', async () => {
  const { workflowId } = await submitAndWaitForApproval('watched');
  const seen: Progress[] = [];
  const report = await watchDeployment(meridian, workflowId, async (progress) => {
    if (seen.push(progress) === 1)
      await decideApproval(meridian, workflowId, { approvalId: 'plan', digest, decision: 'approve', by: 'mira' });
  });
  expect(report.summary).toContain('approve by mira');
  expect(seen.flatMap(({ events }) => events)).toHaveLength(1);
  expect(seen.length).toBeGreaterThan(1);
  expect(await readReport(meridian, key('watched'))).toEqual(report);
  expect(await readReport(meridian, key('watched'), 1)).toEqual(report);
});

test('a deployment whose worker fails at its next step is watched on, and that is said', async () => {
  const request = requestOf('stuck', { failsForMs: 12_000 });
  const { workflowId } = await submitDeployment(meridian, { request, requester: 'ci' });
  const troubles: Array<ClientProblem | undefined> = [];
  let asked = false;
  const report = await watchDeployment(
    meridian,
    workflowId,
    async () => {
      if (!asked)
        await decideApproval(meridian, workflowId, { approvalId: 'plan', digest, decision: 'approve', by: 'mira' });
      asked = true;
    },
    { onTrouble: (problem) => troubles.push(problem) },
  );
  expect(report.summary).toContain('approve by mira');
  expect(troubles[0]?.message).toMatch(/no answer in time from the Temporal server at \S+ or its worker/);
  expect(troubles[1]?.message).toMatch(/the worker failed at the next step of this workflow, and tries again/);
  expect(troubles.at(-1)).toBeUndefined();
}, 60_000);

test('a refused decision says why; repeating a decision is one decision', async () => {
  const { workflowId } = await submitAndWaitForApproval('decided');
  const decision = { approvalId: 'plan', digest, decision: 'approve' as const, by: 'intruder' };
  await expect(decideApproval(meridian, workflowId, decision)).rejects.toMatchObject({
    code: 'refused',
    message: 'cannot approve: intruder may not decide',
  });
  await decideApproval(meridian, workflowId, { ...decision, by: 'mira' });
  await decideApproval(meridian, workflowId, { ...decision, by: 'mira' });
});

test('a report is not there before the end, and then it says so', async () => {
  const { workflowId } = await submitAndWaitForApproval('early');
  await expect(readReport(meridian, key('early'))).rejects.toMatchObject({ code: 'still-running' });
  await stopOperation(meridian, parseTarget(workflowId)!, { by: 'mira', reason: 'enough' });
  expect((await awaitResult<{ summary: string }>(meridian, workflowId)).summary).toContain('aborted by mira');
  await expect(
    stopOperation(meridian, parseTarget(workflowId)!, { by: 'mira', reason: 'again' }),
  ).rejects.toMatchObject({
    code: 'refused',
    message: 'cannot abort the deployment: deploy/early/staging/1 has already ended',
  });
});

test('an attempt is found by its generation, also when it is not the newest', async () => {
  await submitAndWaitForApproval('many');
  await submitDeployment(meridian, { request: requestOf('many'), requester: 'ci' });
  const idOf = async (generation?: number) =>
    (await deploymentStatus(meridian, { ...key('many'), ...(generation && { generation }) })).operation.workflowId;
  expect([await idOf(1), await idOf(2), await idOf()]).toEqual(
    [1, 2, 2].map((generation) => `deploy/many/staging/${generation}`),
  );
  await expect(idOf(3)).rejects.toMatchObject({ code: 'not-found', message: 'nothing is known of many/staging/3' });
});

test('detaching ends the watch at once and leaves the deployment alone', async () => {
  const { workflowId } = await submitAndWaitForApproval('detached');
  const detach = new AbortController();
  const watching = watchDeployment(meridian, workflowId, () => detach.abort(), { signal: detach.signal });
  await expect(watching).rejects.toMatchObject({ code: 'detached' });
  expect((await deploymentStatus(meridian, key('detached'))).operation.status).toBe('RUNNING');
});

test('a terminated deployment is reported as stopped, not as a crash', async () => {
  const { workflowId } = await submitAndWaitForApproval('ended');
  await meridian.client.workflow.getHandle(workflowId).terminate('by hand');
  await expect(watchDeployment(meridian, workflowId, () => {})).rejects.toMatchObject({ code: 'stopped' });
});

test('a listed operation carries its phase while it runs and its verdict afterwards', async () => {
  const { workflowId } = await submitAndWaitForApproval('phases');
  const phase = async () => (await listDeployments(meridian, key('phases')))[0]?.phase;
  while ((await phase()) === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await phase()).toBe('approval');
  await stopOperation(meridian, parseTarget(workflowId)!, { by: 'mira', reason: 'enough' });
  await awaitResult(meridian, workflowId);
  expect(await phase()).toBe('promoted');
});

test('nothing waits for approval in a deployment that was terminated while it did', async () => {
  const { workflowId } = await submitAndWaitForApproval('stopped');
  const before = await status('stopped/staging');
  expect(before).toContain(`${workflowId}  waiting for approval  http`);
  expect(before).toContain(`waiting for approval: meridian approve ${workflowId}`);
  await meridian.client.workflow.getHandle(workflowId).terminate('by hand');
  for (const text of [await status('stopped/staging'), await status('stopped/staging/1')]) {
    expect(text).toContain(`${workflowId}  terminated  http`);
    expect(text).not.toMatch(/approv/);
  }
  expect(await status()).toMatch(/^stopped\/staging +deploy 1 +terminated +- /m);
});

/** What `meridian status` prints. */
async function status(target?: string): Promise<string> {
  const saved = { ...process.env };
  Object.assign(process.env, { TEMPORAL_ADDRESS: temporal.address, MERIDIAN_WEB_UI: 'http://localhost:1' });
  const terminal = memoryTerminal();
  try {
    await runStatus({ target: target === undefined ? undefined : parseTarget(target) }, terminal);
  } finally {
    process.env = saved;
  }
  return terminal.stdout;
}

test('deployments are listed newest first, one deployment by its own name only', async () => {
  await submitAndWaitForApproval('list-a');
  await submitAndWaitForApproval('list-ab');
  expect((await listDeployments(meridian, key('list-a'))).map(({ workflowId }) => workflowId)).toEqual([
    'deploy/list-a/staging/1',
  ]);
  const started = (await listDeployments(meridian)).map(({ startedAt }) => startedAt);
  expect(started).toEqual([...started].sort().reverse());
});

test('retiring goes through the same entity and gives what was destroyed', async () => {
  await submitDeployment(meridian, { request: requestOf('retired'), requester: 'ci' });
  const { workflowId } = await retireDeployment(meridian, { ...key('retired'), requester: 'mira' });
  expect(workflowId).toBe('retire/retired/staging/2');
  expect(await awaitResult(meridian, workflowId)).toEqual({ destroyed: ['eu-west-1/base'], leftovers: [] });
});

test('retiring what never was says so and starts nothing', async () => {
  await expect(retireDeployment(meridian, { ...key('nope'), requester: 'mira' })).rejects.toMatchObject({
    code: 'not-found',
    message: 'nothing is known of nope/staging',
  });
  await expect(meridian.client.workflow.getHandle('deployment/nope/staging').describe()).rejects.toThrow();
});

test('planning returns plan, decisions and ledger', async () => {
  const { plan, decisions } = await planDeployment(meridian, { request: requestOf('planned'), requester: 'ci' });
  expect(plan).toEqual(sampleReport.plan);
  expect(decisions).toHaveLength(3);
});

test('what is unknown is not found, by name', async () => {
  await expect(deploymentStatus(meridian, key('nobody'))).rejects.toMatchObject({
    code: 'not-found',
    message: 'nothing is known of nobody/staging',
  });
  await expect(watchDeployment(meridian, 'deploy/nobody/staging/1', () => {})).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('without a worker nothing is started', async () => {
  const idle = { ...meridian, taskQueue: 'nobody-polls' };
  await expect(submitDeployment(idle, { request: requestOf('idle'), requester: 'ci' })).rejects.toMatchObject({
    code: 'no-worker',
  });
  await expect(idle.client.workflow.getHandle('deployment/idle/staging').describe()).rejects.toThrow();
});

test('a namespace without our search attributes is served all the same', async () => {
  const namespace = 'plain';
  const { connection, nativeConnection } = temporal.environment;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const plainWorker = await Worker.create({
    connection: nativeConnection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowsPath: require.resolve('./fake-deployment.workflow'),
  });
  const plain = { ...meridian, namespace, client: new Client({ connection, namespace }) };
  await plainWorker.runUntil(async () => {
    const begun = await submitDeployment(plain, { request: requestOf('plain'), requester: 'ci' });
    expect(begun.workflowId).toBe('deploy/plain/staging/1');
    expect(await searchableName(plain, 'plain')).toBeUndefined();
    expect((await listDeployments(plain))[0]?.phase).toBeUndefined();
    await submitDeployment(meridian, { request: requestOf('found'), requester: 'ci' });
    expect(await searchableName(meridian, 'found')).toBe('found');
  });
});

describe('meridian deploy', () => {
  async function deploy(
    application: string,
    options: { yes?: boolean; json?: boolean; detach?: boolean; answers?: boolean[]; by?: string },
  ) {
    const file = join(folder, `${application}.json`);
    // The notes carry the script of the fake; a real request keeps them below 2,000 characters.
    const { notes, ...request } = requestOf(application);
    writeFileSync(file, JSON.stringify(request));
    const terminal = memoryTerminal(options.answers);
    const connect = () => connectScripted(notes);
    const exitCode = await runDeploy({ file, by: 'ci', ...options, terminal, connect });
    return { exitCode, ...terminal };
  }

  /** A connection of its own, on which the script of the fake travels with the request. */
  async function connectScripted(notes: string): Promise<MeridianClient> {
    const temporalConfig = {
      connectionOptions: { address: temporal.address },
      namespace: 'default',
      taskQueue: TASK_QUEUE,
      webUiUrl: 'http://localhost:1',
      source: 'environment' as const,
    };
    const own = await connectClient({ temporal: temporalConfig, signing: loadConfig({}).signing });
    const { workflow } = own.client;
    const submit = workflow.executeUpdateWithStart.bind(workflow) as (
      update: unknown,
      options: unknown,
    ) => Promise<never>;
    workflow.executeUpdateWithStart = (update: unknown, options: { args?: unknown[] }) => {
      const [operation] = options.args as [{ request: object }];
      return submit(update, { ...options, args: [{ ...operation, request: { ...operation.request, notes } }] });
    };
    return own;
  }

  test('--yes shows the plan, approves it and prints the verdict on stdout', async () => {
    const { exitCode, stdout, stderr } = await deploy('yes', { yes: true });
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Plan: 13 to add');
    expect(stderr).toContain('approved by ci');
    expect(stderr.indexOf('Plan: 13')).toBeLessThan(stderr.indexOf('approved by ci'));
    expect(stdout).toContain('✔ promoted');
    expect(stderr).toContain('http://localhost:1/namespaces/default/workflows/deploy%2Fyes%2Fstaging%2F1');
  });

  test('--json prints the report document and nothing else on stdout', async () => {
    const { exitCode, stdout } = await deploy('json', { yes: true, json: true });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'meridian.report/1', verdict: 'promoted' });
  });

  test('a person who says no rejects the plan', async () => {
    const { stdout } = await deploy('no', { answers: [false], json: true });
    expect(JSON.parse(stdout).summary).toContain('reject by ci');
  });

  test('--detach returns the workflow id while the deployment waits', async () => {
    const { exitCode, stdout } = await deploy('away', { detach: true });
    expect([exitCode, stdout]).toEqual([0, 'deploy/away/staging/1\n']);
    expect((await deploymentStatus(meridian, key('away'))).operation.status).toBe('RUNNING');
  });

  test('says how many operations are before it', async () => {
    expect((await deploy('queue', { detach: true })).stderr).not.toContain('waits for');
    expect((await deploy('queue', { detach: true })).stderr).toContain('waits for 1 operation before it\n');
    expect((await deploy('queue', { detach: true })).stderr).toContain('waits for 2 operations before it\n');
  });
});
