import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { ActivityDependencies } from '../../activities/dependencies';
import { FileArtifactStore } from '../../activities/store/file-artifact-store';
import { FileDeploymentStore } from '../../activities/store/file-deployment-store';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import { beginOperationUpdate } from '../../contracts/messages';
import { type DeploymentRecord, emptyRecord } from '../../contracts/record';
import type { DeploymentReport } from '../../contracts/report';
import type { DeploymentRequest } from '../../contracts/request';
import { deploymentWorkflowId } from '../../contracts/workflow-ids';
import { FakeCloud } from '../../platforms/fake/fake-cloud';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import { createWorker } from '../../worker/create-worker';
import type { deployMultiRegion, deployment } from '../../workflows';
import { startTestTemporal } from '../support/temporal-server';
import type { EndedRun } from './invariants';
import { seen } from './seen-cloud';
import { startWorkerProcess, type WorkerProcess } from './worker-process';

/** A place where one run after another starts from the same state: one application, its cloud, its record. */
export interface Lane {
  readonly application: string;
  cloud: FakeCloud;
  /** kills the worker process of this lane and starts another; absent where lanes share a worker */
  killWorker?: () => Promise<void>;
  /** From now on every run starts from what is there now. */
  settle(): Promise<void>;
  /** Starts from the settled state, under whatever `prepare` does to the cloud, and waits for the verdict. */
  run(request: DeploymentRequest, prepare?: (cloud: FakeCloud) => void): Promise<EndedRun>;
}

export interface FaultLanes {
  /** A lane on the worker that all of these share. */
  open(application: string): Lane;
  /** A lane with a worker process of its own, which can be killed. */
  openProcess(application: string): Promise<Lane>;
  stop(): Promise<void>;
}

/** A run that has no verdict after this is stuck: every time-out of a fault here ends within a minute. */
const STUCK_MS = 150_000;

const SHARED = 'fault-lanes';

/** One real Temporal server and one real worker for many lanes; each lane has a fake cloud of its own. */
export async function startFaultLanes(): Promise<FaultLanes> {
  const temporal = await startTestTemporal();
  const home = await mkdtemp(path.join(os.tmpdir(), 'meridian-faults-'));
  const records = new FileDeploymentStore(path.join(home, 'records'));
  const lanes = new Map<string, Lane>();
  const { client, nativeConnection, namespace = 'default' } = temporal.environment;
  const dependencies: ActivityDependencies = {
    records,
    artifacts: new FileArtifactStore(path.join(home, 'artifacts')),
    // every workflow id names the application second
    platform: () => createFakePlatform(laneOf(lanes, Context.current().info.workflowExecution?.workflowId).cloud),
    takeModelTurn: createTakeModelTurn({ model: undefined }),
    settings: { searchable: false },
    client,
    reportDirectory: path.join(home, 'reports'),
    now: () => new Date(),
  };
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows') });
  const worker = await createWorker({
    connection: nativeConnection,
    namespace,
    taskQueue: SHARED,
    workflows: { workflowBundle },
    dependencies,
  });
  const running = worker.run();
  const processes: WorkerProcess[] = [];
  const deployOn = (taskQueue: string) => async (request: DeploymentRequest) => {
    const key = { application: request.application, environment: request.environment };
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof deployment>('deployment', {
      workflowId: deploymentWorkflowId(key),
      taskQueue,
      args: [key],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    const { workflowId } = await client.workflow.executeUpdateWithStart(beginOperationUpdate, {
      startWorkflowOperation,
      args: [{ kind: 'deploy', request, requester: 'ada' }],
    });
    return client.workflow.getHandle<typeof deployMultiRegion>(workflowId).result();
  };
  const open = (application: string, taskQueue: string) => {
    const lane = openLane(application, records, deployOn(taskQueue));
    lanes.set(application, lane);
    return lane;
  };
  return {
    open: (application) => open(application, SHARED),
    openProcess: async (application) => {
      const bundle = path.join(home, 'workflows.js');
      await writeFile(bundle, workflowBundle.code);
      const lane = open(application, application);
      const setting = { address: temporal.address, taskQueue: application, home, bundle };
      const process = await startWorkerProcess(setting, () => lane.cloud);
      processes.push(process);
      lane.killWorker = process.kill;
      return lane;
    },
    stop: async () => {
      await Promise.all(processes.map((process) => process.stop()));
      worker.shutdown();
      await running;
      await temporal.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function openLane(
  application: string,
  records: FileDeploymentStore,
  deploy: (request: DeploymentRequest) => Promise<DeploymentReport>,
): Lane {
  const key = { application, environment: 'staging' };
  let cloud = new FakeCloud();
  let record: DeploymentRecord | undefined;
  const lane: Lane = {
    application,
    cloud,
    settle: async () => {
      cloud = lane.cloud.copy();
      record = await records.load(key);
    },
    run: async (request, prepare = () => undefined) => {
      lane.cloud = cloud.copy();
      prepare(lane.cloud);
      const recordBefore = await restore(records, key, record);
      const report = await inTime(deploy(request));
      const after = seen(lane.cloud);
      lane.cloud.intercept = undefined;
      return { before: seen(cloud), after, recordBefore, record: await records.load(key), ...(report && { report }) };
    },
  };
  return lane;
}

/** The record as it was, but generations and versions go on: nothing in Temporal or in the store is used twice. */
async function restore(
  records: FileDeploymentStore,
  key: { application: string; environment: string },
  settled: DeploymentRecord | undefined,
): Promise<DeploymentRecord> {
  const now = await records.load(key);
  const { version, lastGeneration, lastOperation } = now;
  const before = settled ?? emptyRecord(key.application, key.environment);
  return records.save({ ...before, version, lastGeneration, ...(lastOperation && { lastOperation }) });
}

async function inTime<T>(result: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), STUCK_MS);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

function laneOf(lanes: Map<string, Lane>, workflowId = ''): Lane {
  const lane = lanes.get(workflowId.split('/')[1] ?? '');
  if (!lane) throw new Error(`no lane for ${workflowId}`);
  return lane;
}
