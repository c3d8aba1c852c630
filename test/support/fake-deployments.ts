import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, type Worker } from '@temporalio/worker';
import type { ActivityDependencies } from '../../activities/dependencies';
import { FileArtifactStore } from '../../activities/store/file-artifact-store';
import { FileDeploymentStore } from '../../activities/store/file-deployment-store';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import type { Model } from '../../agents/models/model';
import type { Approver } from '../../contracts/approval';
import { beginOperationUpdate, type OperationRequest } from '../../contracts/messages';
import { type DeploymentRequest, deploymentRequestSchema } from '../../contracts/request';
import { deploymentWorkflowId } from '../../contracts/workflow-ids';
import { FakeCloud } from '../../platforms/fake/fake-cloud';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import type { Platform } from '../../platforms/platform';
import { createWorker } from '../../worker/create-worker';
import type { deployMultiRegion, deployment } from '../../workflows';
import { startTestTemporal, type TestTemporal } from './temporal-server';

/** A real Temporal server and worker over the fake platform; one per test file, a new cloud per test. */
export interface FakeDeployments {
  temporal: TestTemporal;
  cloud: FakeCloud;
  records: FileDeploymentStore;
  home: string;
  taskQueue: string;
  /** the next test starts with an empty cloud */
  reset(): void;
  /** the next test starts with this cloud */
  use(cloud: FakeCloud): void;
  begin(operation: OperationRequest, request: DeploymentRequest): Promise<WorkflowHandle<typeof deployMultiRegion>>;
  deploy(change?: RequestChange): Promise<WorkflowHandle<typeof deployMultiRegion>>;
  /** another worker takes over: nothing of what the first one had in memory is left */
  restartWorker(): Promise<void>;
  stop(): Promise<void>;
}

export type RequestChange = Partial<Omit<DeploymentRequest, 'rollout'>> & {
  rollout?: Partial<DeploymentRequest['rollout']>;
};

let applications = 0;

/**
 * @param approvers whose signatures count; nobody's when left out, so that production cannot be approved
 * @param platform in place of the fake one
 * @param model whom agents ask; without one rules decide
 * @param watch whether what becomes live is watched
 * @param inFile the Temporal server keeps its histories in a file and may crash
 * @param onModelFailure what a model that does not help means; by environment when left out
 * @param dynamicConfig settings of the Temporal server, KEY=JSON
 */
export async function startFakeDeployments({
  approvers,
  platform,
  model,
  onModelFailure,
  dynamicConfig,
  watch,
  inFile,
}: {
  approvers?: Approver[];
  platform?: Platform;
  model?: Model;
  onModelFailure?: 'stop' | 'rules';
  dynamicConfig?: string[];
  watch?: boolean;
  inFile?: boolean;
} = {}): Promise<FakeDeployments> {
  const temporal = await startTestTemporal(dynamicConfig, { ...(inFile && { inFile }) });
  const home = await mkdtemp(path.join(os.tmpdir(), 'meridian-fake-'));
  const clouds = { current: new FakeCloud() };
  const records = new FileDeploymentStore(path.join(home, 'records'));
  const { client, nativeConnection, namespace = 'default' } = temporal.environment;
  const dependencies: ActivityDependencies = {
    records,
    artifacts: new FileArtifactStore(path.join(home, 'artifacts')),
    platform: () => platform ?? createFakePlatform(clouds.current),
    takeModelTurn: createTakeModelTurn({ model }),
    settings: {
      searchable: true,
      ...(approvers && { approvers }),
      ...(watch && { watch }),
      ...(onModelFailure && { onModelFailure }),
      ...(model && { model: { id: model.id, price: { inputUsdPerMillion: 2, outputUsdPerMillion: 10 } } }),
    },
    client,
    reportDirectory: path.join(home, 'reports'),
    now: () => new Date(),
  };
  const taskQueue = 'fake-deployments';
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('./above.workflow') });
  const start = async () => {
    const worker: Worker = await createWorker({
      connection: nativeConnection,
      namespace,
      taskQueue,
      workflows: { workflowBundle },
      dependencies,
    });
    return { worker, running: worker.run() };
  };
  let current = await start();
  const stopWorker = async () => {
    current.worker.shutdown();
    await current.running;
  };
  const begin: FakeDeployments['begin'] = async (operation, { application, environment }) => {
    const entity = new WithStartWorkflowOperation<typeof deployment>('deployment', {
      workflowId: deploymentWorkflowId({ application, environment }),
      taskQueue,
      args: [{ application, environment }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    const { workflowId } = await client.workflow.executeUpdateWithStart(beginOperationUpdate, {
      startWorkflowOperation: entity,
      args: [operation],
    });
    return client.workflow.getHandle(workflowId);
  };
  return {
    temporal,
    records,
    home,
    taskQueue,
    get cloud() {
      return clouds.current;
    },
    reset: () => {
      clouds.current = new FakeCloud();
    },
    use: (cloud) => {
      clouds.current = cloud;
    },
    begin,
    deploy: async (change) => {
      const request = fakeRequest(change);
      return begin({ kind: 'deploy', request, requester: 'ada' }, request);
    },
    restartWorker: async () => {
      await stopWorker();
      current = await start();
    },
    stop: async () => {
      await stopWorker();
      await temporal.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Three regions, one service, one database, no approval, no bake: the shortest way through all steps. */
export function fakeRequest({ rollout, ...change }: RequestChange = {}): DeploymentRequest {
  applications += 1;
  const request = deploymentRequestSchema.parse({
    application: `orders-${applications}`,
    environment: 'staging',
    platform: 'fake',
    hostname: `orders-${applications}.example.com`,
    users: [
      { area: 'north-america', share: 50 },
      { area: 'europe', share: 30 },
      { area: 'south-east-asia', share: 20 },
    ],
    latency: { percentile: 95, underMs: 250 },
    budget: { usdPerMonth: 5_000 },
    recovery: { rtoSeconds: 600, rpoSeconds: 60 },
    regions: { wanted: ['us-east-1', 'eu-west-1', 'ap-southeast-1'] },
    services: [{ name: 'api', image: 'meridian/sample-orders:1.0', uses: ['orders'] }],
    dataStores: [{ name: 'orders', engine: 'postgresql', replication: 'asynchronous' }],
    rollout: { approval: 'none', bakeSeconds: 0 },
  });
  return { ...request, ...change, rollout: { ...request.rollout, ...rollout } };
}
