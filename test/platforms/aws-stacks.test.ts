import {
  CreateStackCommand,
  DescribeStacksCommand,
  GetStackPolicyCommand,
  ListChangeSetsCommand,
  ListStacksCommand,
  type Stack,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, ListBucketsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { TAG_APPLICATION, TAG_ENVIRONMENT, TAG_GENERATION } from '../../contracts/stack';
import { createAwsPlatform } from '../../platforms/aws/aws-platform';
import { type AwsClients, createAwsClients } from '../../platforms/aws/clients';
import type { CallContext, Platform, StackChange } from '../../platforms/platform';
import { startMiniStack } from '../clouds/ministack';
import { query, type TestCloud, useTestCredentials } from '../clouds/test-cloud';

useTestCredentials();
const REGION = 'eu-west-1';
let cloud: TestCloud;
let clients: AwsClients;
let platform: Platform & { close(): void };
let stacks: Platform['stacks'];

beforeAll(async () => {
  cloud = await startMiniStack();
  const account = { accounts: { default: {} }, endpoint: cloud.endpoint };
  clients = createAwsClients(account);
  platform = createAwsPlatform({ ...account, templateBucket: undefined });
  stacks = platform.stacks;
}, 400_000);

afterAll(async () => {
  platform?.close();
  clients?.destroy();
  await cloud?.stop();
});

let number = 0;
let told: string[] = [];
const context = (signal = new AbortController().signal): CallContext => ({
  signal,
  heartbeat: (detail) => told.push(detail),
});

/** A stack of its own for a test. */
function sample(resources: object, outputs: object = {}) {
  number += 1;
  told = [];
  const ref = { account: 'default', region: REGION, kind: 'base' as const, name: `sample${number}-staging-base` };
  const change: StackChange = {
    ref,
    template: template(resources, outputs),
    parameters: {},
    tags: { [TAG_APPLICATION]: `sample${number}`, [TAG_ENVIRONMENT]: 'staging', [TAG_GENERATION]: '1' },
    token: `token-${number}`,
  };
  return { ref, change, apply: (more: Partial<StackChange> = {}) => stacks.apply({ ...change, ...more }, context()) };
}

const template = (resources: object, outputs: object = {}) =>
  JSON.stringify({ Resources: resources, ...(Object.keys(outputs).length > 0 && { Outputs: outputs }) });
const TOPIC = { Topic: { Type: 'AWS::SNS::Topic' } };
const queue = (seconds: number) => ({
  Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: seconds } },
});
/** Takes so many seconds, then fails: nobody signals it. */
const slow = (seconds: number, more: object = {}) => ({
  Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
  Wait: {
    Type: 'AWS::CloudFormation::WaitCondition',
    Properties: { Handle: { Ref: 'Handle' }, Timeout: String(seconds) },
    ...more,
  },
});
const NETWORK = { Network: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.99.0.0/16' } } };
const ec2 = (action: string, parameters: Record<string, string>) =>
  query(cloud.endpoint, { service: 'ec2', region: REGION }, action, '2016-11-15', parameters);
const bucket = (name: string) => ({ Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: name } } });
const cloudFormation = () => clients.cloudFormation({ account: 'default', region: REGION });

const describedStack = async (StackName: string): Promise<Partial<Stack>> => {
  const { Stacks } = await cloudFormation().send(new DescribeStacksCommand({ StackName }));
  return Stacks?.[0] ?? {};
};

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('what fails', () => {
  it('is told in the words of the first cause, and the next attempt makes the stack anew', async () => {
    await sample(bucket('taken')).apply();
    const { ref, apply } = sample({ ...TOPIC, ...bucket('taken') });
    await expect(apply()).rejects.toMatchObject({
      type: 'Platform.StackFailed',
      retryable: false,
      resource: 'Bucket',
      message: expect.stringMatching(/ROLLBACK_COMPLETE\): Bucket \(AWS::S3::Bucket\): .*(taken|exist)/i),
    });
    expect(await stacks.describe(ref)).toMatchObject({ status: 'failed', reason: expect.stringContaining('ROLLBACK') });
    expect(await stacks.template(ref)).toBeUndefined();
    expect(await apply({ template: template(TOPIC), token: 'another' })).toMatchObject({ status: 'ready' });
  });

  it('leaves a stack that worked as it was, and may be asked again with the same token', async () => {
    const { ref, apply } = sample(TOPIC);
    await apply();
    const bad = { template: template({ ...TOPIC, ...bucket('taken') }), token: 'bad' };
    const failure = { type: 'Platform.StackFailed', message: expect.stringContaining('UPDATE_ROLLBACK_COMPLETE') };
    await expect(apply(bad)).rejects.toMatchObject(failure);
    await expect(apply(bad)).rejects.toMatchObject(failure);
    expect(await stacks.describe(ref)).toMatchObject({ status: 'ready' });
    expect(await apply({ template: template({ ...TOPIC, ...queue(30) }), token: 'good' })).toMatchObject({
      status: 'ready',
    });
  });

  it('is not cleared away when it is of somebody else', async () => {
    const { ref, apply } = sample(bucket('taken'));
    await expect(apply()).rejects.toMatchObject({ type: 'Platform.StackFailed' });
    const tags = { [TAG_APPLICATION]: 'other', [TAG_ENVIRONMENT]: 'staging', [TAG_GENERATION]: '1' };
    await expect(apply({ template: template(TOPIC), tags, token: 'other' })).rejects.toMatchObject({
      type: 'Platform.Refused',
      message: expect.stringContaining(TAG_APPLICATION),
    });
    expect((await stacks.describe(ref)).status).toBe('failed');
  });
});

describe('an operation under way', () => {
  it('is resumed by the next attempt, not started again', async () => {
    const { ref, apply } = sample(slow(2));
    const attempts = [
      apply(),
      until(async () => (await stacks.describe(ref)).status === 'creating').then(() => apply()),
    ];
    const ended = await Promise.allSettled(attempts);
    for (const one of ended) {
      expect(one).toMatchObject({ status: 'rejected', reason: { type: 'Platform.StackFailed', resource: 'Wait' } });
    }
    const { StackSummaries } = await listDeleted(ref.name);
    expect(StackSummaries).toEqual([]);
  });

  it('is left alone by a cancelled attempt, which ends at once', async () => {
    const { ref, change } = sample(slow(3));
    const cancelling = new AbortController();
    const attempt = stacks.apply(change, context(cancelling.signal));
    await until(async () => (await stacks.describe(ref)).status === 'creating');
    const at = Date.now();
    cancelling.abort(new Error('stopped'));
    await expect(attempt).rejects.toThrow('stopped');
    expect(Date.now() - at).toBeLessThan(1_000);
    expect((await stacks.describe(ref)).status).toBe('creating');
  });

  it('is waited for before a destruction, and what was protected meanwhile is left alone', async () => {
    const { ref, change, apply } = sample(TOPIC);
    await apply();
    const update = expect(
      stacks.apply({ ...change, template: template({ ...TOPIC, ...slow(3) }), token: 'update' }, context()),
    ).rejects.toMatchObject({ type: 'Platform.StackFailed' });
    await until(async () => (await stacks.describe(ref)).status === 'updating');
    const destruction = stacks.destroy({ ref, token: 'away', onlyGeneration: 1 }, context());
    const refused = expect(destruction).rejects.toMatchObject({
      type: 'Platform.Refused',
      message: expect.stringContaining('Meridian did not set'),
    });
    await until(async () => told.some((detail) => detail.startsWith('waiting: ')));
    const protection = { StackName: ref.name, EnableTerminationProtection: true };
    await cloudFormation().send(new UpdateTerminationProtectionCommand(protection));
    await refused;
    await update;
    expect((await stacks.describe(ref)).status).toBe('ready');
  });

  it('is destroyed without waiting for its end', async () => {
    const { ref, change } = sample(slow(20));
    const attempt = expect(stacks.apply(change, context())).rejects.toMatchObject({ type: 'Platform.StackFailed' });
    await until(async () => (await stacks.describe(ref)).status === 'creating');
    const at = Date.now();
    await stacks.destroy({ ref, token: 'away', onlyGeneration: 1 }, context());
    expect(Date.now() - at).toBeLessThan(15_000);
    await attempt;
    expect((await stacks.describe(ref)).status).toBe('absent');
  });
});

const listDeleted = async (name: string) => {
  const answer = await cloudFormation().send(new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }));
  return { StackSummaries: (answer.StackSummaries ?? []).filter(({ StackName }) => StackName === name) };
};

describe('what is there', () => {
  it('is not made again by an attempt that comes after its destruction', async () => {
    const { ref, apply } = sample(TOPIC);
    await apply();
    await stacks.destroy({ ref, token: 'away' }, context());
    await expect(apply()).rejects.toMatchObject({
      type: 'Platform.Refused',
      message: expect.stringContaining('token-'),
    });
    expect((await stacks.describe(ref)).status).toBe('absent');
    expect(await apply({ token: 'next' })).toMatchObject({ status: 'ready' });
  });

  it('is applied once more under the token of a change that was undone since', async () => {
    const { ref, change, apply } = sample(TOPIC);
    await apply();
    const second = { ...change, template: template({ ...TOPIC, ...queue(30) }), token: `${change.token}-second` };
    await stacks.apply(second, context());
    await stacks.apply({ ...change, token: `${change.token}-restore` }, context());
    await stacks.apply(second, context());
    expect(await stacks.template(ref)).toBe(second.template);
    const { LastUpdatedTime } = await describedStack(ref.name);
    await stacks.apply(second, context());
    expect((await describedStack(ref.name)).LastUpdatedTime).toEqual(LastUpdatedTime);
  });

  it('stays protected when a change is undone, and can be retired', async () => {
    const { ref, change, apply } = sample(TOPIC);
    await apply({ protect: true });
    const more = { template: template({ ...TOPIC, ...queue(30) }), token: `${change.token}-more`, protect: true };
    await apply(more);
    await apply({ token: `${change.token}-restore` });
    const { EnableTerminationProtection, Tags } = await describedStack(ref.name);
    expect(EnableTerminationProtection).toBe(true);
    expect(Tags).toContainEqual({ Key: 'meridian:protected', Value: 'true' });
    await stacks.destroy({ ref, token: 'away' }, context());
    expect((await stacks.describe(ref)).status).toBe('absent');
  });

  it('is shown as it would really change when that was not approved', async () => {
    const { change, apply } = sample(TOPIC);
    await apply();
    const more = { ...change, template: template({ ...TOPIC, ...queue(30) }), token: `${change.token}-more` };
    await expect(stacks.apply({ ...more, approved: [] }, context())).rejects.toMatchObject({
      type: 'Platform.PlanChanged',
      changes: [{ action: 'create', resource: 'Queue', type: 'AWS::SQS::Queue' }],
    });
  });

  it('holds data that no update may replace or delete, except what was approved by name', async () => {
    const data = { Table: table('a'), Other: table('b') };
    const { ref, change, apply } = sample({ ...TOPIC, ...data });
    await apply();
    const denied = async () => {
      const { StackPolicyBody = '{}' } = await cloudFormation().send(
        new GetStackPolicyCommand({ StackName: ref.name }),
      );
      return JSON.parse(StackPolicyBody).Statement.at(-1);
    };
    expect(await denied()).toMatchObject({
      Effect: 'Deny',
      Action: ['Update:Replace', 'Update:Delete'],
      Resource: ['LogicalResourceId/Table', 'LogicalResourceId/Other'],
    });
    const without = { ...change, template: template({ ...TOPIC, Table: table('a') }), token: 'without' };
    await expect(stacks.apply({ ...without, approved: [] }, context())).rejects.toMatchObject({
      type: 'Platform.PlanChanged',
      message: expect.stringContaining('delete Other (AWS::DynamoDB::Table)'),
    });
    const approved = await stacks.plan(without);
    expect(approved).toEqual([{ action: 'delete', resource: 'Other', type: 'AWS::DynamoDB::Table' }]);
    await stacks.apply({ ...without, approved }, context());
    expect(await denied()).toMatchObject({ Resource: ['LogicalResourceId/Table'] });
  });

  it('is replaced in the plan where a property demands it, with the property', async () => {
    const { change, apply } = sample({ Table: table('one') });
    await apply();
    expect(await stacks.plan({ ...change, template: template({ Table: table('two') }) })).toEqual([
      { action: 'replace', resource: 'Table', type: 'AWS::DynamoDB::Table', properties: ['TableName'] },
    ]);
    const { Summaries } = await cloudFormation().send(new ListChangeSetsCommand({ StackName: change.ref.name }));
    expect((Summaries ?? []).filter(({ ChangeSetName }) => ChangeSetName?.includes('plan'))).toEqual([]);
  });

  it('keeps protections that Meridian did not set, and lifts its own', async () => {
    const own = sample(TOPIC);
    await own.apply({ protect: true });
    await stacks.destroy({ ref: own.ref, token: 'away' }, context());
    expect((await stacks.describe(own.ref)).status).toBe('absent');

    const theirs = sample(TOPIC);
    await theirs.apply();
    const StackName = theirs.ref.name;
    const protection = { StackName, EnableTerminationProtection: true };
    await cloudFormation().send(new UpdateTerminationProtectionCommand(protection));
    await expect(stacks.destroy({ ref: theirs.ref, token: 'x' }, context())).rejects.toMatchObject({
      type: 'Platform.Refused',
      message: expect.stringContaining('Meridian did not set'),
    });
  });

  it('is not destroyed when Meridian did not make it', async () => {
    const ref = { account: 'default', region: REGION, kind: 'base' as const, name: 'theirs-staging-base' };
    await cloudFormation().send(new CreateStackCommand({ StackName: ref.name, TemplateBody: template(TOPIC) }));
    await until(async () => (await stacks.describe(ref)).status === 'ready');
    await expect(stacks.destroy({ ref, token: 'x' }, context())).rejects.toMatchObject({ type: 'Platform.Refused' });
    expect((await stacks.describe(ref)).status).toBe('ready');
  });

  it('has its databases freed from deletion protection before it is destroyed', async () => {
    const protectedTable = { ...table('kept'), Properties: { ...table('kept').Properties } };
    Object.assign(protectedTable.Properties, { DeletionProtectionEnabled: { Ref: 'DeletionProtection' } });
    const { ref, apply } = sample({ Table: protectedTable });
    const text = JSON.stringify({
      Parameters: { DeletionProtection: { Type: 'String', Default: 'true' } },
      Resources: { Table: protectedTable },
    });
    await apply({ template: text, parameters: { DeletionProtection: 'true' } });
    await stacks.destroy({ ref, token: 'away' }, context());
    expect(told).toContainEqual(expect.stringContaining('lifting the deletion protection'));
    expect((await stacks.describe(ref)).status).toBe('absent');
  });

  it('that cannot be deleted is named with what it costs, and goes once the cause has gone', async () => {
    const { ref, apply } = sample({ ...TOPIC, ...NETWORK }, { Id: { Value: { Ref: 'Network' } } });
    const { outputs } = await apply();
    const subnet = await ec2('CreateSubnet', { VpcId: outputs.Id ?? '', CidrBlock: '10.99.1.0/24' });
    await expect(stacks.destroy({ ref, token: 'away' }, context())).rejects.toMatchObject({
      type: 'Platform.StackFailed',
      resource: 'Network',
      message: expect.stringMatching(/DELETE_FAILED.*left: Network \(AWS::EC2::VPC\) \(at least 0.00 USD a month\)/),
    });
    expect((await stacks.describe(ref)).status).toBe('failed');
    await ec2('DeleteSubnet', { SubnetId: /<subnetId>(.*?)</.exec(subnet)?.[1] ?? '' });
    expect(await apply({ token: 'again' })).toMatchObject({ status: 'ready' });
    await stacks.destroy({ ref, token: 'away-2' }, context());
    expect((await stacks.describe(ref)).status).toBe('absent');
  });

  it('goes through a bucket of its account and region when its template is large', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `Topic${index}`,
        { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'x'.repeat(150) } },
      ]),
    );
    const { ref, change, apply } = sample(many);
    expect(change.template.length).toBeGreaterThan(51_200);
    expect(await apply()).toMatchObject({ status: 'ready' });
    expect(await stacks.template(ref)).toBe(change.template);
    const s3 = clients.s3({ account: 'default', region: REGION });
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toContain(`meridian-templates-000000000000-${REGION}`);

    await s3.send(new CreateBucketCommand({ Bucket: 'team-templates' }));
    const account = { accounts: { default: {} }, endpoint: cloud.endpoint };
    const other = createAwsPlatform({ ...account, templateBucket: 'team-templates' });
    const large = sample(many).change;
    expect(await other.stacks.apply(large, context())).toMatchObject({ status: 'ready' });
    other.close();
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'team-templates' }));
    expect(Contents?.map(({ Key }) => Key)).toEqual([expect.stringContaining(`templates/${large.ref.name}/`)]);
  });
});

function table(name: string) {
  return {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    },
  };
}
