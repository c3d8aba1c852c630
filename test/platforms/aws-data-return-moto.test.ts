import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeDBInstancesCommand, RemoveTagsFromResourceCommand } from '@aws-sdk/client-rds';
import { awsBackups } from '../../platforms/aws/aws-backups';
import { createAwsData } from '../../platforms/aws/aws-data';
import { type AwsClients, createAwsClients } from '../../platforms/aws/clients';
import type { CallContext, DataPort } from '../../platforms/platform';
import { startMoto } from '../clouds/moto';
import { answerRestarts, createDatabase, createReplica } from '../clouds/rds-databases';
import { type RecordedRequest, type RecordingEndpoint, startRecordingEndpoint } from '../clouds/recording-endpoint';
import { type AnsweredStack, answerStackList, answerStacks } from '../clouds/stacks-answered';
import { type TestCloud, useTestCredentials } from '../clouds/test-cloud';

/**
 * The ways back from a fence, and past it. Instances, tags, groups and metrics are moto's own; stacks, the events of RDS
 * and the answers to a promotion are given as AWS documents them.
 */
useTestCredentials();

const PRIMARY = 'us-east-1';
const STANDBY = 'eu-west-1';
const CLOSED = 'sg-00000000000c105ed';
const OPEN = 'sg-0000000000000000a';
const store = { account: 'default', application: 'orders', environment: 'staging', store: 'orders-db' };
const on = (region: string) => ({ ...store, region });
const context: CallContext = { signal: new AbortController().signal, heartbeat: () => undefined };

let cloud: TestCloud;
let wire: RecordingEndpoint;
let clients: AwsClients;
let data: DataPort;
/** the error with which RDS answers the next promotion */
let promotionFails: string | undefined;

beforeAll(async () => {
  cloud = await startMoto();
  const stacks = [dataStack(PRIMARY), dataStack(STANDBY)];
  const [named, listed, restarted] = [answerStacks(stacks), answerStackList(stacks, store), answerRestarts()];
  wire = await startRecordingEndpoint(
    (request) => named(request) ?? listed(request) ?? answerPromotion(request) ?? restarted(request),
    cloud.endpoint,
  );
  clients = createAwsClients({ accounts: { default: {} }, endpoint: wire.endpoint });
  data = createAwsData({ clients, fenceTimeoutMs: 60_000 });
  const primary = await createDatabase(clients, PRIMARY, { BackupRetentionPeriod: 7, VpcSecurityGroupIds: [OPEN] });
  await createReplica(clients, STANDBY, primary);
}, 400_000);

afterAll(async () => {
  clients?.destroy();
  await wire?.stop();
  await cloud?.stop();
});

function dataStack(region: string): AnsweredStack {
  const resources: AnsweredStack['resources'] = {
    DatabaseOrdersDb: ['AWS::RDS::DBInstance', `orders-${region}`],
    DatabaseSecurityGroup: ['AWS::EC2::SecurityGroup', OPEN],
  };
  return { region, name: 'orders-staging-data', outputs: { ClosedSecurityGroup: CLOSED }, resources };
}

/** Errors as in the RDS API reference. */
function answerPromotion({ action }: RecordedRequest): string | undefined {
  if (action !== 'PromoteReadReplica' || !promotionFails) return undefined;
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${promotionFails}</Code><Message>no</Message></Error></ErrorResponse>`;
}

/** CloudWatch sees nobody connected to the primary, now and in the minutes to come. */
async function nobodyConnects(): Promise<void> {
  const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: `orders-${PRIMARY}` }];
  const MetricData = [0, 60_000, 120_000].map((later) => {
    const Timestamp = new Date(Date.now() + later);
    return { MetricName: 'DatabaseConnections', Value: 0, Timestamp, Dimensions };
  });
  await clients.cloudWatch(on(PRIMARY)).send(new PutMetricDataCommand({ Namespace: 'AWS/RDS', MetricData }));
}

async function fencePrimary(epoch: number) {
  await nobodyConnects();
  return data.fence({ ...on(PRIMARY), epoch }, context);
}

async function instance(region: string) {
  const asked = new DescribeDBInstancesCommand({ DBInstanceIdentifier: `orders-${region}` });
  const [found] = (await clients.rds(on(region)).send(asked)).DBInstances ?? [];
  const tags = Object.fromEntries((found?.TagList ?? []).map(({ Key = '', Value }) => [Key, Value]));
  return { groups: found?.VpcSecurityGroups?.map(({ VpcSecurityGroupId: id }) => id), tags };
}

async function removeTag(region: string, tag: string): Promise<void> {
  const rds = clients.rds(on(region));
  const asked = new DescribeDBInstancesCommand({ DBInstanceIdentifier: `orders-${region}` });
  const [found] = (await rds.send(asked)).DBInstances ?? [];
  await rds.send(new RemoveTagsFromResourceCommand({ ResourceName: found?.DBInstanceArn, TagKeys: [tag] }));
}

const sent = (action: string) => wire.requests.filter((request) => request.action === action);
const comeBack = (epoch: number) => data.rejoin({ ...on(PRIMARY), epoch, asPrimary: true }, context);

test('a read replica is fenced as it is: nothing of it is closed or restarted', async () => {
  const receipt = await data.fence({ ...on(STANDBY), epoch: 1 }, context);
  expect(receipt).toMatchObject({ kind: 'takes-no-writes', region: STANDBY, epoch: 1 });
  expect(sent('ModifyDBInstance').concat(sent('RebootDBInstance'))).toEqual([]);
  expect(await data.rejoin({ ...on(STANDBY), epoch: 1 }, context)).toMatchObject({ role: 'standby' });
});

test('a fenced primary that nobody replaced gets back the groups that it had, and can be fenced again', async () => {
  for (const epoch of [2, 3]) {
    await fencePrimary(epoch);
    expect(await instance(PRIMARY)).toMatchObject({ groups: [CLOSED], tags: { 'meridian:ingress-before': OPEN } });
    await expect(data.rejoin({ ...on(PRIMARY), epoch }, context)).rejects.toThrow(
      `deploy the request without ${PRIMARY}`,
    );
    expect((await instance(PRIMARY)).groups).toEqual([CLOSED]);
    expect(await comeBack(epoch)).toMatchObject({ role: 'primary', reachable: true });
    const { groups, tags } = await instance(PRIMARY);
    expect(groups).toEqual([OPEN]);
    expect(Object.keys(tags).filter((key) => /fenced|ingress/.test(key))).toEqual([]);
  }
  expect(sent('RebootDBInstance')).toHaveLength(2);
}, 120_000);

test('a fence of an older version kept no groups: those of the data stack are given back', async () => {
  await fencePrimary(4);
  await removeTag(PRIMARY, 'meridian:ingress-before');
  await comeBack(4);
  expect((await instance(PRIMARY)).groups).toEqual([OPEN]);
}, 60_000);

const promotion = (epoch: number) => ({ ...on(STANDBY), expectedPrimary: PRIMARY, epoch });

test('a promotion that RDS certainly refuses leaves the way back open', async () => {
  await fencePrimary(5);
  promotionFails = 'AccessDenied';
  await expect(data.promote(promotion(5), context)).rejects.toMatchObject({ type: 'Platform.Refused' });
  await comeBack(5);
  expect((await instance(PRIMARY)).groups).toEqual([OPEN]);
}, 60_000);

test('a promotion that may still happen keeps the old primary closed', async () => {
  await fencePrimary(6);
  promotionFails = 'InvalidDBInstanceState';
  await expect(data.promote(promotion(6), context)).rejects.toMatchObject({ type: 'Platform.Refused' });
  await expect(comeBack(6)).rejects.toThrow(/RDS was asked for a new primary in eu-west-1 in epoch 6/);
  await expect(comeBack(7)).rejects.toMatchObject({ type: 'Platform.Refused' });
  expect((await instance(PRIMARY)).groups).toEqual([CLOSED]);
}, 60_000);

test('a restore counts replicas as fenced, and after it the old primary stays closed', async () => {
  await fencePrimary(8);
  const input = { ...on(PRIMARY), target: { kind: 'latest' as const }, epoch: 8 };
  const backups = awsBackups(clients);
  await expect(backups.restore(input, context)).rejects.toThrow(`orders-${STANDBY} in ${STANDBY} is available`);
  await data.fence({ ...on(STANDBY), epoch: 8 }, context);
  await backups.restore(input, context);
  const [{ parameters } = { parameters: {} }] = sent('RestoreDBInstanceToPointInTime');
  expect(parameters).toMatchObject({ 'VpcSecurityGroupIds.VpcSecurityGroupId.1': OPEN });
  expect(JSON.stringify(parameters)).not.toMatch(/meridian:(fenced|ingress|epoch)/);
  // the promotion of the test before has come to nothing
  await removeTag(STANDBY, 'meridian:successor');
  // nor does an operation after that one open it
  for (const epoch of [8, 9])
    await expect(comeBack(epoch)).rejects.toThrow(
      /RDS was asked for a new primary beside orders-us-east-1 .* in epoch 8/,
    );
}, 60_000);

test('where nobody can prove anything, a person’s word promotes without asking the old primary', async () => {
  promotionFails = 'AccessDenied';
  const by = { kind: 'risk-accepted', region: PRIMARY, epoch: 9, at: '', detail: 'accepted by ada' } as const;
  await expect(data.promote(promotion(9), context)).rejects.toThrow(/fence it for epoch 9 first/);
  const before = sent('PromoteReadReplica').length;
  const elsewhere = { ...promotion(9), expectedPrimary: 'ap-south-1', riskAccepted: by };
  await expect(data.promote(elsewhere, context)).rejects.toThrow(/which is not in ap-south-1/);
  const asked = wire.requests.length;
  await expect(data.promote({ ...promotion(9), riskAccepted: by }, context)).rejects.toMatchObject({
    type: 'Platform.Refused',
  });
  expect(sent('PromoteReadReplica')).toHaveLength(before + 1);
  const toOld = wire.requests.slice(asked).filter(({ service, region }) => service === 'rds' && region === PRIMARY);
  expect(toOld).toEqual([]);
});
