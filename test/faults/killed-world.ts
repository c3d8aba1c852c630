import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { beginOperationUpdate, type LiveOperationRequest } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import type { DeploymentRecord } from '../../contracts/record';
import { type DeploymentKey, deploymentWorkflowId } from '../../contracts/workflow-ids';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { goLive, type LiveFake } from '../support/live-fake';
import { startWorkerProcess, type WorkerProcess } from './worker-process';

const TASK_QUEUE = 'killed';

/** A live deployment on a fake cloud, copies of it that can be operated on, and a worker process that may die. */
export class KilledWorld {
  /** what the worker process acts on */
  cloud: FakeCloud;
  private copies = 0;

  private constructor(
    readonly fake: FakeDeployments,
    readonly live: LiveFake,
    readonly worker: WorkerProcess,
  ) {
    this.cloud = fake.cloud;
  }

  /** `inFile`: what its Temporal server knows outlives the server. */
  static async start(options: { inFile?: true } = {}): Promise<KilledWorld> {
    const fake = await startFakeDeployments(options);
    const live = await goLive(fake);
    const bundle = path.join(fake.home, 'workflows.js');
    const { code } = await bundleWorkflowCode({ workflowsPath: require.resolve('../support/above.workflow') });
    await writeFile(bundle, code);
    const { address } = fake.temporal;
    let world: KilledWorld | undefined;
    const cloud = () => world?.cloud ?? fake.cloud;
    const worker = await startWorkerProcess({ address, taskQueue: TASK_QUEUE, home: fake.home, bundle }, cloud);
    world = new KilledWorld(fake, live, worker);
    return world;
  }

  async stop(): Promise<void> {
    await this.worker.stop();
    await this.fake.stop();
  }

  /**
   * An application of its own in the state of the live one, on a cloud of its own, whose entity only the worker process
   * carries.
   */
  async copy(prepare: (cloud: FakeCloud, record: DeploymentRecord) => void = () => undefined) {
    const { application, environment } = this.live.request;
    this.copies += 1;
    const key: DeploymentKey = { application: `${application}-${this.copies}`, environment };
    this.cloud = this.fake.cloud.copy();
    const before = { ...(await this.live.record()), ...key, version: 0 };
    prepare(this.cloud, before);
    await this.fake.records.save(before);
    return { key, before, record: () => this.fake.records.load(key) };
  }

  /** Asks for an operation; the same again finds the one that was begun. */
  async begin(key: DeploymentKey, request: LiveOperationRequest): Promise<string> {
    const startWorkflowOperation = new WithStartWorkflowOperation('deployment', {
      workflowId: deploymentWorkflowId(key),
      taskQueue: TASK_QUEUE,
      args: [key],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    const { workflow } = this.fake.temporal.environment.client;
    const asked = { startWorkflowOperation, updateId: 'begin', args: [request] as [LiveOperationRequest] };
    return (await workflow.executeUpdateWithStart(beginOperationUpdate, asked)).workflowId;
  }

  result(workflowId: string): Promise<OperationReport> {
    return this.fake.temporal.environment.client.workflow.getHandle(workflowId).result() as Promise<OperationReport>;
  }
}
