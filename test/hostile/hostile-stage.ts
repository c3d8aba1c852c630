import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { ActivityDependencies } from '../../activities/dependencies';
import { FileArtifactStore } from '../../activities/store/file-artifact-store';
import { FileDeploymentStore } from '../../activities/store/file-deployment-store';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import type { TakeModelTurn } from '../../agents/loop/model-turn';
import { createAnthropicModel } from '../../agents/models/anthropic-model';
import type { Approver } from '../../contracts/approval';
import { FakeCloud } from '../../platforms/fake/fake-cloud';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import type { Platform } from '../../platforms/platform';
import { PlatformError } from '../../platforms/platform-error';
import { createWorker } from '../../worker/create-worker';
import { startTestTemporal } from '../support/temporal-server';
import type { HostileCase } from './hostile-case';
import { type MeteredProvider, startMeteredProvider } from './metered-provider';

const MODEL = 'claude-sonnet-5-5';
const PRICE = { inputUsdPerMillion: 2, outputUsdPerMillion: 10 };
/** A model that hangs is given up after this; outside tests it is a minute. */
const PATIENCE_MS = 700;

/** What one case has of its own: a cloud, a provider, and the connection of the real adapter to it. */
export interface CaseStage {
  cloud: FakeCloud;
  provider: MeteredProvider;
}

/** One Temporal server and one worker for all cases. Which case an activity belongs to is in its workflow's id. */
export interface HostileStage {
  client: Client;
  taskQueue: string;
  artifacts: FileArtifactStore;
  /** reports as people get them, in folders named after the application */
  reports: string;
  open(one: HostileCase): Promise<CaseStage>;
  close(one: HostileCase): Promise<void>;
  stop(): Promise<void>;
}

/** @param approvers whose signatures count; production cannot be approved by anybody else */
export async function startHostileStage(approvers: Approver[]): Promise<HostileStage> {
  const temporal = await startTestTemporal();
  const home = await mkdtemp(path.join(os.tmpdir(), 'meridian-hostile-'));
  const cases = new Map<string, CaseStage & { platform: Platform; takeModelTurn: TakeModelTurn }>();
  const { client, nativeConnection, namespace = 'default' } = temporal.environment;
  const current = () => {
    const id = Context.current().info.workflowExecution?.workflowId.split('/')[1] ?? '';
    const found = cases.get(id);
    if (!found) throw new Error(`no case "${id}" is open`);
    return found;
  };
  const artifacts = new FileArtifactStore(path.join(home, 'artifacts'));
  const reports = path.join(home, 'reports');
  const dependencies: ActivityDependencies = {
    records: new FileDeploymentStore(path.join(home, 'records')),
    artifacts,
    platform: () => current().platform,
    takeModelTurn: (turn) => current().takeModelTurn(turn),
    settings: { searchable: true, approvers, model: { id: MODEL, price: PRICE } },
    client,
    reportDirectory: reports,
    now: () => new Date(),
  };
  const taskQueue = 'hostile';
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows') });
  const worker = await createWorker({
    connection: nativeConnection,
    namespace,
    taskQueue,
    workflows: { workflowBundle },
    dependencies,
  });
  const running = worker.run();
  return {
    client,
    taskQueue,
    artifacts,
    reports,
    open: async (one) => {
      const cloud = hostileCloud(one);
      const provider = await startMeteredProvider(one);
      const model = createAnthropicModel({
        model: MODEL,
        apiKey: 'k',
        baseUrl: provider.url,
        answerTimeoutMs: PATIENCE_MS,
      });
      cases.set(one.id, {
        cloud,
        provider,
        platform: createFakePlatform(cloud),
        takeModelTurn: createTakeModelTurn({ model }),
      });
      return { cloud, provider };
    },
    close: async ({ id }) => {
      await cases.get(id)?.provider.stop();
    },
    stop: async () => {
      worker.shutdown();
      await running;
      await temporal.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function hostileCloud({ platformFails }: HostileCase): FakeCloud {
  const cloud = new FakeCloud();
  if (!platformFails) return cloud;
  const { message, resource, region, kind } = platformFails;
  const error = new PlatformError('Platform.StackFailed', message, { region, resource });
  cloud.script.push({ call: 'apply', region, kind, times: 99, error });
  return cloud;
}
