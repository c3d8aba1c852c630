import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { FileArtifactStore } from '../../activities/store/file-artifact-store';
import { FileDeploymentStore } from '../../activities/store/file-deployment-store';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import type { Platform } from '../../platforms/platform';
import { createWorker } from '../../worker/create-worker';
import { startTestTemporal } from '../support/temporal-server';

/** A real Temporal server and a real worker, whose platform is chosen by the application that is worked on. */
export interface FaultWorker {
  readonly client: Client;
  readonly address: string;
  readonly taskQueue: string;
  readonly records: FileDeploymentStore;
  readonly artifacts: FileArtifactStore;
  /** folder of records, artifacts and reports */
  readonly home: string;
  /** file of the bundled workflow code */
  readonly bundle: string;
  stop(): Promise<void>;
}

/** A run that has no end after this is stuck: each time-out that a fault causes is over within a minute. */
const STUCK_MS = 240_000;

export async function startFaultWorker(platformOf: (application: string) => Platform): Promise<FaultWorker> {
  const temporal = await startTestTemporal();
  const home = await mkdtemp(path.join(os.tmpdir(), 'meridian-faults-'));
  const records = new FileDeploymentStore(path.join(home, 'records'));
  const artifacts = new FileArtifactStore(path.join(home, 'artifacts'));
  const { client, nativeConnection, namespace = 'default' } = temporal.environment;
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('../support/above.workflow') });
  const bundle = path.join(home, 'workflows.js');
  await writeFile(bundle, workflowBundle.code);
  const taskQueue = 'faults';
  const worker = await createWorker({
    connection: nativeConnection,
    namespace,
    taskQueue,
    workflows: { workflowBundle },
    dependencies: {
      records,
      artifacts,
      platform: () => platformOf(applicationOf(Context.current().info.workflowExecution?.workflowId)),
      takeModelTurn: createTakeModelTurn({ model: undefined }),
      settings: { searchable: false },
      client,
      reportDirectory: path.join(home, 'reports'),
      now: () => new Date(),
    },
  });
  const running = worker.run();
  return {
    client,
    address: temporal.address,
    taskQueue,
    records,
    artifacts,
    home,
    bundle,
    stop: async () => {
      worker.shutdown();
      await running;
      await temporal.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Every workflow id names the application second. */
function applicationOf(workflowId = ''): string {
  return workflowId.split('/')[1] ?? '';
}

/** The result, or undefined for a run that is stuck. */
export async function inTime<T>(result: Promise<T>): Promise<T | undefined> {
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
