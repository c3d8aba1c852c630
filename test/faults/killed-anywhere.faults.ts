import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WithStartWorkflowOperation, WorkflowFailedError } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import fc from 'fast-check';
import { beginOperationUpdate, type LiveOperationRequest } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import { deploymentWorkflowId } from '../../contracts/workflow-ids';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { goLive, type LiveFake } from '../support/live-fake';
import { type Cell, isShort, tell } from './cells';
import { inTime } from './fault-worker';
import { type Ended, judge, SCENARIOS, type Scenario } from './killed-operation';
import { startWorkerProcess, type WorkerProcess } from './worker-process';

/**
 * Operations and drills killed at random points: at one call to the platform the worker, the Temporal server or both die
 * by SIGKILL and come back. `FAULTS_SEED` repeats the choices of a run that failed.
 */
const RUNS = isShort ? 3 : 50;
const SEED = Number(process.env.FAULTS_SEED ?? Date.now() % 2 ** 31);
const TASK_QUEUE = 'killed-anywhere';

/** `before` the act, after it with its answer `lost`, or a moment `later`: while the record is written, or between acts. */
const caseOf = fc.record({
  at: fc.nat({ max: 999 }),
  when: fc.constantFrom('before', 'lost', 'later'),
  delayMs: fc.nat({ max: 300 }),
  victim: fc.constantFrom('worker', 'worker', 'server', 'both'),
});
type Kill = typeof caseOf extends fc.Arbitrary<infer Value> ? Value : never;

let fake: FakeDeployments;
let live: LiveFake;
let worker: WorkerProcess;
let cloud: FakeCloud;
beforeAll(async () => {
  fake = await startFakeDeployments({ inFile: true });
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

test(`operations and drills killed at random points end as if nothing had been (FAULTS_SEED=${SEED})`, async () => {
  const bad: Cell[] = [];
  const calls = new Map<string, number>();
  const offset = Math.abs(SEED) % SCENARIOS.length;
  for (const [index, kill] of fc.sample(caseOf, { numRuns: RUNS, seed: SEED }).entries()) {
    const scenario = SCENARIOS[(index + offset) % SCENARIOS.length] ?? SCENARIOS[0]!;
    let inAll = calls.get(scenario.name);
    if (inAll === undefined) {
      inAll = await untouched(scenario, bad);
      calls.set(scenario.name, inAll);
    }
    await killed(scenario, { ...kill, at: 1 + (kill.at % inAll) }, bad);
  }
  expect(bad).toEqual([]);
});

/** How many calls it makes, when nobody dies. */
async function untouched(scenario: Scenario, bad: Cell[]): Promise<number> {
  let calls = 0;
  const ended = await run(scenario, (_call, act) => {
    calls += 1;
    return act();
  });
  note(ended, { site: `${scenario.name}, nobody dies`, fault: 'none' }, bad);
  return calls;
}

async function killed(scenario: Scenario, { at, when, delayMs, victim }: Kill, bad: Cell[]): Promise<void> {
  let calls = 0;
  let site = `never, call ${at} did not come`;
  let dying: Promise<void> | undefined;
  const ended = await run(scenario, async ({ name, nth }, act) => {
    calls += 1;
    if (calls !== at) return act();
    site = `${when === 'later' ? `${delayMs} ms after` : when} ${name} #${nth} (call ${at})`;
    if (when === 'later') {
      dying = sleep(delayMs).then(() => die(victim));
      return act();
    }
    if (when === 'lost') await act();
    dying = die(victim);
    await dying;
    throw new Error('nobody listens any more');
  });
  await dying;
  note(ended, { site: `${scenario.name}: ${victim} dies ${site}`, fault: 'killed' }, bad);
}

async function die(victim: Kill['victim']): Promise<void> {
  if (victim !== 'worker') await fake.temporal.crash();
  if (victim !== 'server') await worker.kill();
}

function note(ended: Ended, { site, fault }: Pick<Cell, 'site' | 'fault'>, bad: Cell[]): void {
  const outcome = ended.report?.outcome ?? 'stuck';
  tell({ phase: `killed anywhere, seed ${SEED}`, site, fault, outcome, violations: judge(ended) }, bad);
}

let applications = 0;

/** On an application of its own in the state of the live one, whose entity only the worker process carries. */
async function run({ ask, prepare }: Scenario, intercept: NonNullable<FakeCloud['intercept']>): Promise<Ended> {
  applications += 1;
  const key = { application: `${live.request.application}-r${applications}`, environment: live.request.environment };
  cloud = fake.cloud.copy();
  const before = { ...(await live.record()), ...key, version: 0 };
  prepare?.(live, cloud, before);
  await fake.records.save(before);
  cloud.intercept = intercept;
  const request = { ...ask(live), requester: 'ada' } as LiveOperationRequest;
  const report = await inTime(carryOut(key, request));
  return { request, before, record: await fake.records.load(key), cloud, ...(report && { report }) };
}

async function carryOut(key: { application: string; environment: string }, request: LiveOperationRequest) {
  const { workflow } = fake.temporal.environment.client;
  const startWorkflowOperation = () =>
    new WithStartWorkflowOperation('deployment', {
      workflowId: deploymentWorkflowId(key),
      taskQueue: TASK_QUEUE,
      args: [key],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  const { workflowId } = await patiently(() =>
    workflow.executeUpdateWithStart(beginOperationUpdate, {
      startWorkflowOperation: startWorkflowOperation(),
      updateId: 'begin',
      args: [request],
    }),
  );
  return patiently(() => workflow.getHandle(workflowId).result() as Promise<OperationReport>);
}

/** The server may be away for a moment. */
async function patiently<R>(ask: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw error;
      await sleep(200);
    }
  }
}
