import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { SymbolicParameter } from '../../contracts/stack';
import type { GeneratedStack } from '../../skills/iac-template-generator/schema';
import {
  exampleDeployment,
  planned,
  sampleRequest,
  templatesOf,
  topologyOf,
} from '../skills/iac-template-generator/planned-deployments';
import { PREREQUISITES, prerequisites } from './account-prerequisites';
import { startMiniStack } from './ministack';
import { forMiniStack } from './ministack-template';
import { query, type TestCloud } from './test-cloud';

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-1'];

let cloud: TestCloud;
const clients = new Map<string, CloudFormationClient>();

beforeAll(async () => {
  cloud = await startMiniStack();
}, 400_000);

afterAll(async () => {
  for (const client of clients.values()) client.destroy();
  await cloud?.stop();
});

function cloudFormation(region: string): CloudFormationClient {
  const known = clients.get(region);
  if (known) return known;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new CloudFormationClient({ region, endpoint: cloud.endpoint, credentials });
  clients.set(region, client);
  return client;
}

async function describe1(region: string, name: string): Promise<Stack | undefined> {
  const answer = await cloudFormation(region)
    .send(new DescribeStacksCommand({ StackName: name }))
    .catch(() => undefined);
  return answer?.Stacks?.[0];
}

async function failures(region: string, name: string): Promise<string> {
  const events = await cloudFormation(region).send(new DescribeStackEventsCommand({ StackName: name }));
  return (events.StackEvents ?? [])
    .filter((event) => event.ResourceStatus?.endsWith('_FAILED'))
    .map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`)
    .join('\n');
}

async function until(region: string, name: string, wanted: string): Promise<Stack> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const stack = await describe1(region, name);
    if (stack?.StackStatus === wanted) return stack;
    if (stack && /FAILED|ROLLBACK/.test(stack.StackStatus ?? '')) {
      throw new Error(
        `${region} ${name}: ${stack.StackStatus} ${stack.StackStatusReason}\n${await failures(region, name)}`,
      );
    }
    await delay(100);
  }
  throw new Error(`${region} ${name} is not ${wanted}`);
}

/** As the AWS adapter does it: change set, review, execute, wait. */
async function create(
  region: string,
  name: string,
  template: string,
  parameters: Record<string, string>,
): Promise<Stack> {
  const client = cloudFormation(region);
  await client.send(
    new CreateChangeSetCommand({
      StackName: name,
      ChangeSetName: 'create',
      ChangeSetType: 'CREATE',
      TemplateBody: template,
      Capabilities: ['CAPABILITY_IAM'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const set = await client.send(new DescribeChangeSetCommand({ StackName: name, ChangeSetName: 'create' }));
    if (set.Status === 'FAILED') throw new Error(`${region} ${name}: change set failed: ${set.StatusReason}`);
    if (set.Status === 'CREATE_COMPLETE') break;
    await delay(100);
  }
  await client.send(new ExecuteChangeSetCommand({ StackName: name, ChangeSetName: 'create' }));
  return until(region, name, 'CREATE_COMPLETE');
}

async function remove(region: string, name: string): Promise<void> {
  await cloudFormation(region).send(new DeleteStackCommand({ StackName: name }));
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const status = (await describe1(region, name))?.StackStatus;
    if (status === undefined || status === 'DELETE_COMPLETE') return;
    if (status === 'DELETE_FAILED') throw new Error(`${region} ${name}: ${await failures(region, name)}`);
    await delay(100);
  }
  throw new Error(`${region} ${name} is still there`);
}

async function resolve(
  parameters: Record<string, SymbolicParameter>,
  stacks: GeneratedStack[],
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    if ('value' in parameter) {
      values[name] = parameter.value;
      continue;
    }
    const { region, kind, name: output } = parameter.output;
    const source = stacks.find(({ ref }) => ref.region === region && ref.kind === kind)!;
    const stack = await describe1(region, source.ref.name);
    const value = stack?.Outputs?.find(({ OutputKey }) => OutputKey === output)?.OutputValue;
    if (value === undefined) throw new Error(`${region} ${source.ref.name} has no output ${output}`);
    values[name] = value;
  }
  return values;
}

async function standing(
  region: string,
): Promise<{ databases: number; loadBalancers: number; ownNetworks: number; users: string[] }> {
  const databases = await query(cloud.endpoint, { service: 'rds', region }, 'DescribeDBInstances', '2014-10-31');
  const balancers = await query(
    cloud.endpoint,
    { service: 'elasticloadbalancing', region },
    'DescribeLoadBalancers',
    '2015-12-01',
  );
  const networks = await query(cloud.endpoint, { service: 'ec2', region }, 'DescribeVpcs', '2016-11-15');
  return {
    databases: [...databases.matchAll(/<DBInstanceIdentifier>/g)].length,
    loadBalancers: [...balancers.matchAll(/<LoadBalancerArn>/g)].length,
    // a network is listed with its range twice
    ownNetworks: new Set([...networks.matchAll(/<cidrBlock>(10\.\d\.0\.0\/16)</g)].map((match) => match[1])).size,
    users: [...databases.matchAll(/<MasterUsername>(.*?)<\/MasterUsername>/g)].map((match) => match[1] ?? ''),
  };
}

test('the stacks of the three-region example are created on MiniStack and deleted without a trace', async () => {
  const all = templatesOf(exampleDeployment('three-regions')).stacks;
  // Without AWS::EC2::VPCPeeringConnection nothing of a connectivity template is left but routes to nowhere.
  const stacks = all.filter(({ ref }) => ['base', 'data', 'preview'].includes(ref.kind));
  expect(stacks.map(({ ref }) => `${ref.kind} ${ref.region}`)).toEqual([
    ...REGIONS.map((region) => `base ${region}`),
    ...REGIONS.map((region) => `data ${region}`),
    'preview us-east-1',
  ]);
  for (const region of REGIONS) await create(region, PREREQUISITES, prerequisites(region), {});

  for (const stack of stacks) {
    const { text, leftOut } = forMiniStack(stack.template);
    const made = await create(stack.ref.region, stack.ref.name, text, await resolve(stack.parameters, stacks));
    const resources = await cloudFormation(stack.ref.region).send(
      new DescribeStackResourcesCommand({ StackName: made.StackId }),
    );
    expect(resources.StackResources).toHaveLength(stack.resources - leftOut.length);
    for (const output of made.Outputs ?? []) expect(output.OutputValue).toBeTruthy();
  }

  for (const region of REGIONS) {
    expect(await standing(region)).toMatchObject({ databases: 1, loadBalancers: 1, ownNetworks: 1 });
  }
  // the reference to the secret was resolved: CloudFormation, not Meridian, put the user in
  expect((await standing('us-east-1')).users).toEqual(['meridian_app']);

  for (const stack of [...stacks].reverse()) await remove(stack.ref.region, stack.ref.name);
  for (const region of REGIONS) {
    await remove(region, PREREQUISITES);
    const left = await cloudFormation(region).send(new ListStacksCommand({}));
    expect(await standing(region)).toEqual({ databases: 0, loadBalancers: 0, ownNetworks: 0, users: [] });
    expect((left.StackSummaries ?? []).filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')).toEqual([]);
  }
}, 120_000);

/** A table and a bucket over two regions, in stacks named apart from the example's. */
function globalStores(): GeneratedStack[] {
  const request = sampleRequest({
    application: 'carts',
    dataStores: [
      { name: 'items', engine: 'dynamodb' },
      { name: 'uploads', engine: 's3' },
    ],
    services: [{ name: 'api', image: 'a', uses: ['items', 'uploads'] }],
  });
  return templatesOf(planned(request, topologyOf(['us-east-1', 'eu-west-1']))).stacks;
}

test('a table and buckets with replication are created on MiniStack, and answer under the names that tasks are told', async () => {
  const regions = ['us-east-1', 'eu-west-1'];
  const stacks = globalStores().filter(({ ref }) => ['base', 'data'].includes(ref.kind));
  expect(stacks.map(({ ref }) => `${ref.kind} ${ref.region}`)).toEqual([
    'base us-east-1',
    'base eu-west-1',
    'data us-east-1',
  ]);
  for (const region of regions) {
    await create(region, PREREQUISITES, prerequisites(region).replaceAll('orders/staging', 'carts/staging'), {});
  }
  for (const { ref, template, parameters } of stacks) {
    await create(ref.region, ref.name, forMiniStack(template).text, await resolve(parameters, stacks));
  }
  const physical = async (index: number, id: string) => {
    const { ref } = stacks[index]!;
    const resources = await cloudFormation(ref.region).send(new DescribeStackResourcesCommand({ StackName: ref.name }));
    return resources.StackResources?.find(({ LogicalResourceId }) => LogicalResourceId === id)?.PhysicalResourceId;
  };
  expect(await physical(2, 'TableItems')).toBe('carts.staging.items');
  expect(await physical(1, 'BucketUploads')).toMatch(/^uploads-[0-9a-f]{10}-000000000000-eu-west-1$/);
  expect(await physical(2, 'BucketUploads')).toMatch(/^uploads-[0-9a-f]{10}-000000000000-us-east-1$/);
  for (const { ref } of [...stacks].reverse()) await remove(ref.region, ref.name);
  for (const region of regions) await remove(region, PREREQUISITES);
}, 120_000);

test('a bucket that CloudFormation undoes is gone and can be made again; one whose stack is deleted stays, and says so by its name', async () => {
  const region = 'us-east-1';
  const dataStores = [{ name: 'files', engine: 's3' }];
  const request = sampleRequest({
    application: 'drive',
    dataStores,
    services: [{ name: 'api', image: 'a', uses: ['files'] }],
  });
  const { template } = templatesOf(planned(request, topologyOf([region]))).stacks.find(
    ({ ref }) => ref.kind === 'data',
  )!;
  const { text } = forMiniStack(template);
  const broken = JSON.parse(text);
  // takes the name of the other, which is there by then
  broken.Resources.Second = { ...broken.Resources.BucketFiles, DependsOn: ['BucketPolicyFiles'] };
  await expect(create(region, 'drive-broken', JSON.stringify(broken), {})).rejects.toThrow(/Second: .* already exists/);
  await create(region, 'drive-first', text, {});
  await remove(region, 'drive-first');
  await expect(create(region, 'drive-again', text, {})).rejects.toThrow(/Validation failed/);
  const { OperationEvents } = await cloudFormation(region).send(
    new DescribeEventsCommand({ StackName: 'drive-again' }),
  );
  expect(OperationEvents?.map(({ ValidationStatusReason }) => ValidationStatusReason)).toContainEqual(
    expect.stringMatching(/'files-[0-9a-f]{10}-000000000000-us-east-1' already exists/),
  );
}, 60_000);
