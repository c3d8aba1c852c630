import { WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { beginOperationUpdate, type OperationRequest, operationRequestSchema } from '../../contracts/messages';
import { emptyRecord } from '../../contracts/record';
import { type DeploymentKey, deploymentWorkflowId } from '../../contracts/workflow-ids';
import { dataConverter } from '../../payload-codec';
import { encounter, priorityOf } from '../../policies/operations/transitions';
import { fakeRequest } from '../support/fake-deployments';
import { startTestTemporal, type TestTemporal } from '../support/temporal-server';
import { finishSignal } from './stub-operations.workflow';

jest.setTimeout(180_000);

const REGION = 'eu-west-1';
/** A fresh drained standby, so that every operation on it is asked for without an answer at once. */
const LIVE = {
  topology: { regions: [{ region: 'us-east-1' }, { region: REGION }] },
} as unknown as NonNullable<ReturnType<typeof emptyRecord>['live']>;

let temporal: TestTemporal;
let worker: Worker;
let running: Promise<void>;
beforeAll(async () => {
  temporal = await startTestTemporal();
  const generations = new Map<string, number>();
  worker = await Worker.create({
    connection: temporal.environment.nativeConnection,
    taskQueue: 'pairs',
    workflowsPath: require.resolve('./stub-operations.workflow'),
    dataConverter: { payloadCodecs: dataConverter.payloadCodecs ?? [] },
    activities: {
      readSettings: async () => ({ searchable: false }),
      openGeneration: async ({ application }: DeploymentKey) => {
        const next = (generations.get(application) ?? 0) + 1;
        generations.set(application, next);
        return next;
      },
      loadRecord: async ({ application, environment }: DeploymentKey) => ({
        ...emptyRecord(application, environment),
        primary: 'us-east-1',
        live: LIVE,
      }),
    },
  });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await temporal.stop();
});

/** Everything that can be asked for, once each. */
function requests(key: DeploymentKey): OperationRequest[] {
  const kinds = operationRequestSchema.options.map((option) => option.shape.kind.value);
  return kinds.map((kind) => {
    const request = { ...fakeRequest(), ...key };
    const asked = { kind, requester: 'ada', region: REGION, request, target: { kind: 'latest' }, drill: 'freeze' };
    return operationRequestSchema.parse(asked);
  });
}

async function begin(key: DeploymentKey, request: OperationRequest): Promise<WorkflowHandle> {
  const { client } = temporal.environment;
  const startWorkflowOperation = new WithStartWorkflowOperation('deployment', {
    workflowId: deploymentWorkflowId(key),
    taskQueue: 'pairs',
    args: [key],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  const { workflowId } = await client.workflow.executeUpdateWithStart(beginOperationUpdate, {
    startWorkflowOperation,
    args: [request],
  });
  return client.workflow.getHandle(workflowId);
}

const exists = (handle: WorkflowHandle) => handle.describe().then(Boolean, () => false);

async function started(handle: WorkflowHandle): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await exists(handle)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${handle.workflowId} never started`);
}

/** The kinds of work are those of the schema; applications keep the pairs apart. */
const KINDS = requests({ application: 'any-app', environment: 'staging' }).map(({ kind }) => kind);
const PAIRS = KINDS.flatMap((one) => KINDS.map((other) => [one, other] as const));

/** Several at a time: each pair mostly waits for the server. */
async function all<T>(items: readonly T[], act: (item: T, index: number) => Promise<void>): Promise<void> {
  const queue = [...items.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await act(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: 6 }, lane));
}

const pick = (key: DeploymentKey, kind: OperationRequest['kind']) => {
  const found = requests(key).find((request) => request.kind === kind);
  if (!found) throw new Error(kind);
  return found;
};

test('whoever is asked for while another runs waits, pre-empts or runs beside it, as documented', async () => {
  const seen: string[] = [];
  await all(PAIRS, async ([first, second], index) => {
    const key = { application: `beside-${index}`, environment: 'staging' };
    const one = await begin(key, pick(key, first));
    await started(one);
    const two = await begin(key, pick(key, second));
    let met = 'waits';
    const expected = encounter(first, second);
    if (expected !== 'waits') await started(two);
    else await new Promise((resolve) => setTimeout(resolve, 150));
    if (await exists(two)) met = (await one.describe()).status.name === 'RUNNING' ? 'runs-beside' : 'pre-empts';
    seen.push(`${first} + ${second}: ${met}`);
    if (met !== 'pre-empts') await one.signal(finishSignal);
    expect(await one.result()).toBe(met === 'pre-empts' ? 'stood-down' : 'finished');
    await started(two);
    await two.signal(finishSignal);
    expect(await two.result()).toBe('finished');
  });
  const documented = PAIRS.map(([first, second]) => `${first} + ${second}: ${encounter(first, second)}`);
  expect(seen.sort()).toEqual(documented.sort());
});

test('of two that are asked for at once while both have to wait the more urgent goes first, of equals the earlier', async () => {
  const wrong: string[] = [];
  const unordered = PAIRS.filter(([one, other]) => KINDS.indexOf(one) <= KINDS.indexOf(other));
  await all(unordered, async ([first, second], index) => {
    const key = { application: `queued-${index}`, environment: 'staging' };
    const blocker = await begin(key, pick(key, 'retire'));
    await started(blocker);
    const handles = await Promise.all([begin(key, pick(key, first)), begin(key, pick(key, second))]);
    const inOrder = handles
      .map((handle, at) => ({ handle, kind: at === 0 ? first : second }))
      .sort((a, b) => priorityOf(a.kind) - priorityOf(b.kind) || generation(a.handle) - generation(b.handle));
    await blocker.signal(finishSignal);
    const [next, last] = inOrder;
    if (!next || !last) throw new Error('two were asked for');
    await Promise.race(handles.map(started));
    if (!(await exists(next.handle)) || (await exists(last.handle))) wrong.push(`${first}, ${second}`);
    await next.handle.signal(finishSignal);
    await started(last.handle);
    await last.handle.signal(finishSignal);
  });
  expect(wrong).toEqual([]);
});

const generation = ({ workflowId }: WorkflowHandle) => Number(workflowId.split('/').at(-1));
