import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { beginOperationUpdate, type OperationRequest } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import { deploymentWorkflowId } from '../../contracts/workflow-ids';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { goLive, type LiveFake } from '../support/live-fake';
import { startWorkerProcess, type WorkerProcess } from './worker-process';

jest.setTimeout(300_000);

const TASK_QUEUE = 'killed';

let fake: FakeDeployments;
let live: LiveFake;
let worker: WorkerProcess;
let cloud: FakeCloud;
beforeAll(async () => {
  fake = await startFakeDeployments();
  live = await goLive(fake);
  const bundle = path.join(fake.home, 'workflows.js');
  const { code } = await bundleWorkflowCode({ workflowsPath: require.resolve('../support/above.workflow') });
  await writeFile(bundle, code);
  const { address } = fake.temporal;
  worker = await startWorkerProcess({ address, taskQueue: TASK_QUEUE, home: fake.home, bundle }, () => cloud);
});
afterAll(async () => {
  await worker.stop();
  await fake.stop();
});

let applications = 0;

/** An application of its own in the state of the live one, whose entity only the worker process carries. */
async function start(
  request: Omit<Extract<OperationRequest, { region: string }>, 'requester'>,
  { act, after }: { act: string; after: boolean },
) {
  applications += 1;
  const key = { application: `${live.request.application}-k${applications}`, environment: live.request.environment };
  await live.restore();
  cloud = fake.cloud.copy();
  const kills = killAt(act, after);
  await fake.records.save({ ...(await live.record()), ...key, version: 0 });
  const { client } = fake.temporal.environment;
  const startWorkflowOperation = new WithStartWorkflowOperation('deployment', {
    workflowId: deploymentWorkflowId(key),
    taskQueue: TASK_QUEUE,
    args: [key],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  const args: [OperationRequest] = [{ ...request, requester: 'ada' } as OperationRequest];
  const { workflowId } = await client.workflow.executeUpdateWithStart(beginOperationUpdate, {
    startWorkflowOperation,
    args,
  });
  const result = client.workflow.getHandle(workflowId).result() as Promise<OperationReport>;
  return { result, kills, record: () => fake.records.load(key) };
}

/** Kills the worker the first time that it asks for an act; `after`: the act has happened, nobody hears of it. */
function killAt(name: string, after: boolean): () => number {
  let kills = 0;
  cloud.intercept = async (call, act) => {
    if (call.name !== name || kills > 0) return act();
    kills += 1;
    if (after) await act();
    await worker.kill();
    throw new Error('nobody listens any more');
  };
  return () => kills;
}

const CASES = ['drain', 'handOver', 'shift', 'writeAndRead', 'rejoin'].flatMap((act) => [
  [act, false] as const,
  [act, true] as const,
]);

test.each(CASES)(
  'a switchover whose worker is killed at %s (after it happened: %s) is finished by another',
  async (act, after) => {
    const [to] = live.others;
    const { result, record, kills } = await start({ kind: 'switchover', region: to }, { act, after });
    expect(await result).toMatchObject({ outcome: 'done', left: [] });
    expect(kills()).toBe(1);
    expect(await record()).toMatchObject({ primary: to, drained: [], fenced: [] });
    expect(cloud.drained).toEqual([]);
    const writers = [...cloud.databases.values()].filter(({ role, fenced }) => role === 'primary' && !fenced);
    expect(writers.map(({ region }) => region)).toEqual([to]);
    expect(cloud.acts.filter((one) => one.startsWith('hand over'))).toEqual([`hand over to ${to}`]);
  },
);

test.each(['fence', 'promote', 'shift'])(
  'a promotion whose worker is killed after %s is finished by another',
  async (act) => {
    const [to] = live.others;
    const { result, record } = await start({ kind: 'promote-region', region: to }, { act, after: true });
    expect(await result).toMatchObject({ outcome: 'done', left: [] });
    expect(await record()).toMatchObject({ primary: to, fenced: [{ region: live.primary }] });
    expect(cloud.databases.get(live.primary)).toMatchObject({ fenced: true });
  },
);
