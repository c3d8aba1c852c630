import { sha256 } from '../../activities/support/token';
import type { StackArtifact, StackRef } from '../../contracts/stack';
import { deploymentWorkflowId, operationWorkflowId } from '../../contracts/workflow-ids';
import type { Platform } from '../../platforms/platform';
import type { deployRegion, retireDeployment } from '../../workflows';
import type { above } from '../support/above.workflow';
import { type FaultWorker, inTime, startFaultWorker } from './fault-worker';
import { startProxiedPlatform } from './proxied-platform';

export const AWS_REGION = 'eu-west-1';

type DeployRegionResult = Awaited<ReturnType<typeof deployRegion>>;
type RetireResult = Awaited<ReturnType<typeof retireDeployment>>;

/** One application on the test cloud, reached through proxies of its own. Results are undefined for runs that are stuck. */
export interface AwsLane {
  readonly application: string;
  readonly ref: StackRef;
  readonly platform: ReturnType<typeof startProxiedPlatform>;
  /** The workflow that brings up a region, over the version of the stack: applied, probed, taken back when sick. */
  deploy(version: number): Promise<DeployRegionResult | undefined>;
  retire(): Promise<RetireResult | undefined>;
}

export interface AwsLanes {
  readonly records: FaultWorker['records'];
  open(): AwsLane;
  stop(): Promise<void>;
}

/** A real worker with the AWS platform, for many applications on one test cloud. */
export async function startAwsLanes(endpoint: string): Promise<AwsLanes> {
  const lanes = new Map<string, AwsLane>();
  const worker = await startFaultWorker((application): Platform => {
    const lane = lanes.get(application);
    if (!lane) throw new Error(`there is no lane ${application}`);
    return lane.platform.inActivity();
  });
  return {
    records: worker.records,
    open: () => {
      const lane = openLane(worker, `app-${lanes.size + 1}`, endpoint);
      lanes.set(lane.application, lane);
      return lane;
    },
    stop: async () => {
      await Promise.all([...lanes.values()].map((lane) => lane.platform.stop()));
      await worker.stop();
    },
  };
}

function openLane(worker: FaultWorker, application: string, endpoint: string): AwsLane {
  const key = { application, environment: 'staging' };
  const on = { ...key, platform: 'aws' as const, account: 'default' };
  const ref: StackRef = { account: 'default', region: AWS_REGION, kind: 'base', name: `${application}-staging-base` };
  let generation = 0;
  const run = async <R>(parentId: string, child: Parameters<typeof above>[0]): Promise<R | undefined> => {
    const { client, taskQueue } = worker;
    const handle = await client.workflow.start('above', { workflowId: parentId, taskQueue, args: [child] });
    return inTime(handle.result() as Promise<R>);
  };
  return {
    application,
    ref,
    platform: startProxiedPlatform(endpoint),
    deploy: async (version) => {
      generation += 1;
      const stack = { artifact: await artifactOf(worker, ref, version), refs: [ref], options: {} };
      const input = { ...on, ...stack, generation, region: ref.region, bakeSeconds: 0, mustServe: false };
      const operation = operationWorkflowId({ ...key, kind: 'deploy', generation });
      return run(operation, { type: 'deployRegion', workflowId: `${operation}/${ref.region}`, input });
    },
    retire: async () => {
      generation += 1;
      const record = await worker.records.load(key);
      await worker.records.save({ ...record, place: { platform: 'aws', account: 'default' } });
      const input = { ...key, requester: 'ada', generation };
      const workflowId = operationWorkflowId({ ...key, kind: 'retire', generation });
      return run(deploymentWorkflowId(key), { type: 'retireDeployment', workflowId, input });
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

async function artifactOf({ artifacts }: FaultWorker, ref: StackRef, version: number): Promise<StackArtifact> {
  const template = await artifacts.put(templateOf(version), 'json');
  const parameters = { Timeout: { value: String(30 + version) } };
  const digest = sha256(`${template.sha256}\n${JSON.stringify(parameters)}`);
  const resourceTypes = { 'AWS::SQS::Queue': 1, 'AWS::SNS::Topic': 1 };
  return { ref, template, parameters, resources: 2, resourceTypes, digest };
}
