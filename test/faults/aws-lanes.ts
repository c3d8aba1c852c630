import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { ActivityDependencies } from '../../activities/dependencies';
import { FileArtifactStore } from '../../activities/store/file-artifact-store';
import { FileDeploymentStore } from '../../activities/store/file-deployment-store';
import { sha256 } from '../../activities/support/token';
import { createTakeModelTurn } from '../../activities/take-model-turn';
import type { StackArtifact, StackRef } from '../../contracts/stack';
import { createAwsPlatform } from '../../platforms/aws/aws-platform';
import type { Platform } from '../../platforms/platform';
import { createWorker } from '../../worker/create-worker';
import type { deployRegion, retireDeployment } from '../../workflows';
import { startTestTemporal } from '../support/temporal-server';
import { type FaultProxy, type PlannedFault, startFaultProxy } from './fault-proxy';

export const AWS_REGION = 'eu-west-1';

/** One application on the test cloud, reached through proxies of its own. */
export interface AwsLane {
  readonly application: string;
  readonly ref: StackRef;
  /** what its probes say */
  healthy: boolean;
  /** every proxy that its callers went through, oldest first: a killed caller leaves its own behind */
  readonly proxies: FaultProxy[];
  /** From now on callers go through a new proxy. */
  plant(fault?: Omit<PlannedFault, 'killed'>): Promise<void>;
  /** The workflow that brings up a region, over the version of the stack: applied, probed, taken back when sick. */
  deploy(version: number): Promise<Awaited<ReturnType<typeof deployRegion>> | undefined>;
  retire(): Promise<Awaited<ReturnType<typeof retireDeployment>> | undefined>;
}

export interface AwsLanes {
  readonly records: FileDeploymentStore;
  open(): AwsLane;
  stop(): Promise<void>;
}

const TASK_QUEUE = 'aws-lanes';
/** A run that has not ended after this is stuck. */
const STUCK_MS = 180_000;

/** A real Temporal server, a real worker and the AWS platform, for many applications on one test cloud. */
export async function startAwsLanes(endpoint: string): Promise<AwsLanes> {
  const temporal = await startTestTemporal();
  const home = await mkdtemp(path.join(os.tmpdir(), 'meridian-aws-faults-'));
  const records = new FileDeploymentStore(path.join(home, 'records'));
  const artifacts = new FileArtifactStore(path.join(home, 'artifacts'));
  const lanes = new Map<string, AwsLane & { platform(): Platform; close(): Promise<void> }>();
  const { client, nativeConnection, namespace = 'default' } = temporal.environment;
  const dependencies: ActivityDependencies = {
    records,
    artifacts,
    platform: () => {
      const workflowId = Context.current().info.workflowExecution?.workflowId ?? '';
      const lane = lanes.get(workflowId.split('/')[1] ?? '');
      if (!lane) throw new Error(`no lane for ${workflowId}`);
      return lane.platform();
    },
    takeModelTurn: createTakeModelTurn({ model: undefined }),
    settings: { searchable: false },
    client,
    reportDirectory: path.join(home, 'reports'),
    now: () => new Date(),
  };
  const worker = await createWorker({
    connection: nativeConnection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflows: {
      workflowBundle: await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows') }),
    },
    dependencies,
  });
  const running = worker.run();

  const openLane = (application: string) => {
    const ref: StackRef = { account: 'default', region: AWS_REGION, kind: 'base', name: `${application}-staging-base` };
    const key = { application, environment: 'staging' };
    let generation = 0;
    let current: Platform | undefined;
    let next: Promise<void> | undefined;
    let activity: Context | undefined;
    const closing: Array<() => void> = [];
    const proxies: FaultProxy[] = [];
    const route = async (fault?: Omit<PlannedFault, 'killed'>) => {
      const killed = () => {
        Object.assign(activity ?? {}, { heartbeat: () => undefined });
        // the next attempt is another process: it has connections of its own
        next = route();
      };
      const proxy = await startFaultProxy(endpoint, fault && { ...fault, killed });
      proxies.push(proxy);
      const aws = createAwsPlatform({ accounts: { default: {} }, endpoint: proxy.url, templateBucket: undefined });
      closing.push(aws.close);
      const probes = {
        ...aws.probes,
        region: async ({ region }: { region: string }) => {
          const detail = lane.healthy ? '200' : 'no answer';
          return [{ region, service: 'api', healthy: lane.healthy, tasksHealthy: 1, tasksWanted: 1, detail }];
        },
      };
      current = { ...aws, probes };
    };
    const run = async <R>(workflow: string, id: string, input: object): Promise<R | undefined> => {
      const handle = await client.workflow.start(workflow, { workflowId: id, taskQueue: TASK_QUEUE, args: [input] });
      return inTime(handle.result() as Promise<R>);
    };
    const lane: AwsLane & { platform(): Platform; close(): Promise<void> } = {
      application,
      ref,
      healthy: true,
      proxies,
      plant: route,
      deploy: async (version: number) => {
        generation += 1;
        const artifact = await artifactOf(artifacts, ref, version);
        return run<Awaited<ReturnType<typeof deployRegion>>>(
          'deployRegion',
          `deploy/${application}/staging/${generation}/${ref.region}`,
          {
            ...key,
            platform: 'aws',
            account: 'default',
            generation,
            region: ref.region,
            artifact,
            refs: [ref],
            bakeSeconds: 0,
            options: {},
            mustServe: false,
          },
        );
      },
      retire: async () => {
        generation += 1;
        const record = await records.load(key);
        await records.save({ ...record, place: { platform: 'aws', account: 'default' } });
        return run<Awaited<ReturnType<typeof retireDeployment>>>(
          'retireDeployment',
          `retire/${application}/staging/${generation}`,
          { ...key, requester: 'ada', generation },
        );
      },
      platform: () => {
        activity = Context.current();
        if (!current) throw new Error(`lane ${application} has no proxy yet`);
        return current;
      },
      close: async () => {
        await next;
        for (const close of closing) close();
        await Promise.all(proxies.map((proxy) => proxy.stop()));
      },
    };
    return lane;
  };

  return {
    records,
    open: () => {
      const lane = openLane(`app-${lanes.size + 1}`);
      lanes.set(lane.application, lane);
      return lane;
    },
    stop: async () => {
      await Promise.all([...lanes.values()].map((lane) => lane.close()));
      worker.shutdown();
      await running;
      await temporal.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A queue and a topic: made in a moment, with a parameter and an output. Versions differ in one value of each. */
export function templateOf(version: number): string {
  return JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Parameters: { Timeout: { Type: 'String' } },
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: { Ref: 'Timeout' }, DelaySeconds: version } },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: `version ${version}` } },
    },
    Outputs: { QueueUrl: { Value: { Ref: 'Queue' } } },
  });
}

async function artifactOf(artifacts: FileArtifactStore, ref: StackRef, version: number): Promise<StackArtifact> {
  const template = await artifacts.put(templateOf(version), 'json');
  const parameters = { Timeout: { value: String(30 + version) } };
  const digest = sha256(`${template.sha256}\n${JSON.stringify(parameters)}`);
  return {
    ref,
    template,
    parameters,
    resources: 2,
    resourceTypes: { 'AWS::SQS::Queue': 1, 'AWS::SNS::Topic': 1 },
    digest,
  };
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
