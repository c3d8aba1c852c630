import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { FileDeploymentStore } from '../../activities/store/file-deployment-store';
import { beginOperationUpdate } from '../../contracts/messages';
import { type DeploymentRecord, emptyRecord } from '../../contracts/record';
import type { DeploymentReport } from '../../contracts/report';
import type { DeploymentRequest } from '../../contracts/request';
import { deploymentWorkflowId } from '../../contracts/workflow-ids';
import { FakeCloud } from '../../platforms/fake/fake-cloud';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import type { deployMultiRegion, deployment } from '../../workflows';
import { inTime, startFaultWorker } from './fault-worker';
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

/** One real worker for many lanes, or one each; every lane has a fake cloud of its own. */
export async function startFaultLanes(): Promise<FaultLanes> {
  const lanes = new Map<string, Lane>();
  const worker = await startFaultWorker((application) => {
    const lane = lanes.get(application);
    if (!lane) throw new Error(`there is no lane ${application}`);
    return createFakePlatform(lane.cloud);
  });
  const processes: WorkerProcess[] = [];
  const open = (application: string, taskQueue: string) => {
    const lane = openLane(application, worker.records, (request) => deploy(worker.client, taskQueue, request));
    lanes.set(application, lane);
    return lane;
  };
  return {
    open: (application) => open(application, worker.taskQueue),
    openProcess: async (application) => {
      const lane = open(application, application);
      const process = await startWorkerProcess({ ...worker, taskQueue: application }, () => lane.cloud);
      processes.push(process);
      lane.killWorker = process.kill;
      return lane;
    },
    stop: async () => {
      await Promise.all(processes.map((process) => process.stop()));
      await worker.stop();
    },
  };
}

/** As every client does it: through the deployment's own workflow. */
async function deploy(client: Client, taskQueue: string, request: DeploymentRequest): Promise<DeploymentReport> {
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
