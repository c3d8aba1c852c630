import { DescribeTaskDefinitionCommand, ListClustersCommand, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { type DeploymentRequest, deploymentRequestSchema } from '../../contracts/request';
import { TAG_GENERATION } from '../../contracts/stack';
import { createAwsPlatform } from '../../platforms/aws/aws-platform';
import { type AwsClients, createAwsClients } from '../../platforms/aws/clients';
import { createPrerequisites } from '../clouds/account-prerequisites';
import { startMiniStack } from '../clouds/ministack';
import { query, type TestCloud, useTestCredentials } from '../clouds/test-cloud';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { reducedForMiniStack } from './reduced-platform';

const IMAGE = 'registry.example.com/orders-api:1';
const REGIONS = ['us-east-1', 'eu-west-1'];

useTestCredentials();
let cloud: TestCloud;
let clients: AwsClients;
let deployments: FakeDeployments;
let platform: ReturnType<typeof createAwsPlatform>;

beforeAll(async () => {
  cloud = await startMiniStack();
  const account = { accounts: { default: {} }, endpoint: cloud.endpoint };
  clients = createAwsClients(account);
  platform = createAwsPlatform({ ...account, templateBucket: undefined });
  deployments = await startFakeDeployments({ platform: reducedForMiniStack(platform) });
}, 400_000);

afterAll(async () => {
  await deployments?.stop();
  platform?.close();
  clients?.destroy();
  await cloud?.stop();
});

const request = deploymentRequestSchema.parse({
  application: 'orders',
  environment: 'staging',
  platform: 'aws',
  hostname: 'orders.example.com',
  users: [
    { area: 'north-america', share: 50 },
    { area: 'europe', share: 50 },
  ],
  latency: { percentile: 95, underMs: 250 },
  budget: { usdPerMonth: 5_000 },
  recovery: { rtoSeconds: 600, rpoSeconds: 60 },
  regions: { wanted: REGIONS },
  services: [{ name: 'api', image: IMAGE }],
  dataStores: [],
  rollout: { approval: 'none', bakeSeconds: 0 },
});

async function deploy(change: Partial<DeploymentRequest> = {}) {
  const asked = { ...request, ...change };
  const run = await deployments.begin({ kind: 'deploy', request: asked, requester: 'ada' }, asked);
  return run.result();
}

/** What the services themselves list in a region, whatever CloudFormation believes. */
async function standing(region: string) {
  const list = (service: string, action: string, version: string) =>
    query(cloud.endpoint, { service, region }, action, version);
  const [balancers, networks, topics, alarms] = await Promise.all([
    list('elasticloadbalancing', 'DescribeLoadBalancers', '2015-12-01'),
    list('ec2', 'DescribeVpcs', '2016-11-15'),
    list('sns', 'ListTopics', '2010-03-31'),
    list('monitoring', 'DescribeAlarms', '2010-08-01'),
  ]);
  const { clusterArns = [] } = await clients.ecs({ account: 'default', region }).send(new ListClustersCommand({}));
  return {
    loadBalancers: [...balancers.matchAll(/<LoadBalancerArn>/g)].length,
    // every region has a default network that is not ours
    networks: new Set([...networks.matchAll(/<cidrBlock>(10\.\d+\.0\.0\/16)</g)].map((match) => match[1])).size,
    topics: [...topics.matchAll(/<TopicArn>/g)].length,
    alarms: [...alarms.matchAll(/<AlarmName>/g)].length,
    clusters: clusterArns.length,
  };
}

const taskDefinition = async (region: string) => {
  const { taskDefinitionArns } = await clients
    .ecs({ account: 'default', region })
    .send(new ListTaskDefinitionsCommand({ sort: 'DESC', status: 'ACTIVE' }));
  const described = await clients
    .ecs({ account: 'default', region })
    .send(new DescribeTaskDefinitionCommand({ taskDefinition: taskDefinitionArns?.[0] ?? '' }));
  return described.taskDefinition?.containerDefinitions?.map(({ image }) => image);
};

test('a stateless deployment is made, changed and retired, and never promoted where nothing serves traffic', async () => {
  await createPrerequisites(clients, REGIONS, request);

  const made = await deploy();
  expect(made).toMatchObject({ verdict: 'blocked', failure: { step: 'validation' } });
  expect(made.leftovers.map(({ ref }) => `${ref.kind} ${ref.region}`).sort()).toEqual([
    'base eu-west-1',
    'base us-east-1',
    'preview us-east-1',
  ]);
  for (const region of REGIONS) {
    expect(await standing(region)).toMatchObject({ loadBalancers: 1, networks: 1, clusters: 1 });
    expect(await taskDefinition(region)).toContain(IMAGE);
  }

  const next = 'registry.example.com/orders-api:2';
  const changed = await deploy({ services: request.services.map((service) => ({ ...service, image: next })) });
  expect(changed.verdict).toBe('blocked');
  for (const region of REGIONS) {
    expect(await taskDefinition(region)).toContain(next);
    expect(await standing(region)).toMatchObject({ loadBalancers: 1, networks: 1, clusters: 1 });
  }
  const scope = { account: 'default', application: 'orders', environment: 'staging' };
  const stacks = await platform.stacks.list(scope);
  expect(stacks.map(({ status, tags }) => [status, tags[TAG_GENERATION]])).toEqual(stacks.map(() => ['ready', '2']));

  const retirement = await deployments.begin({ kind: 'retire', requester: 'ada' }, request);
  expect(await retirement.result()).toMatchObject({ leftovers: [] });
  expect(await platform.stacks.list(scope)).toEqual([]);
  for (const region of REGIONS) {
    expect(await standing(region)).toEqual({ loadBalancers: 0, networks: 0, topics: 0, alarms: 0, clusters: 0 });
  }
});
