import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { createAwsData } from '../../platforms/aws/aws-data';
import { type AwsClients, createAwsClients } from '../../platforms/aws/clients';
import type { CallContext, DataPort } from '../../platforms/platform';
import { startMoto } from '../clouds/moto';
import { answerRestarts, createDatabase, createReplica } from '../clouds/rds-databases';
import { type RecordedRequest, type RecordingEndpoint, startRecordingEndpoint } from '../clouds/recording-endpoint';
import { answerStackList, answerStacks } from '../clouds/stacks-answered';
import { type TestCloud, useTestCredentials } from '../clouds/test-cloud';

/**
 * Databases on moto: instances, replicas, tags, security groups and metrics are its own; stacks, the events of RDS, which
 * it lacks, and the instance after a promotion, which it goes on calling a replica, are answered as AWS documents them.
 */
useTestCredentials();

const PRIMARY = 'us-east-1';
const STANDBY = 'eu-west-1';
const CLOSED = 'sg-00000000000c105ed';
const store = { account: 'default', application: 'orders', environment: 'staging', store: 'orders-db' };
const on = (region: string) => ({ ...store, region });
const context: CallContext = { signal: new AbortController().signal, heartbeat: () => undefined };

let cloud: TestCloud;
let wire: RecordingEndpoint;
let clients: AwsClients;
let data: DataPort;

beforeAll(async () => {
  cloud = await startMoto();
  const described = [PRIMARY, STANDBY].map((region) => dataStack(region));
  const [stacks, listed, restarted] = [answerStacks(described), answerStackList(described, store), answerRestarts()];
  wire = await startRecordingEndpoint(
    (request) =>
      stacks(request) ?? listed(request) ?? answerTable(request) ?? promotedInstance(request) ?? restarted(request),
    cloud.endpoint,
  );
  clients = createAwsClients({ accounts: { default: {} }, endpoint: wire.endpoint });
  data = createAwsData({ clients, fenceTimeoutMs: 1_500 });
  const how = { MultiAZ: true, VpcSecurityGroupIds: ['sg-0000000000000000a'] };
  await createReplica(clients, STANDBY, await createDatabase(clients, PRIMARY, how));
}, 400_000);

afterAll(async () => {
  clients?.destroy();
  await wire?.stop();
  await cloud?.stop();
});

function dataStack(region: string) {
  return {
    region,
    name: 'orders-staging-data',
    outputs: { ClosedSecurityGroup: CLOSED },
    resources: { DatabaseOrdersDb: ['AWS::RDS::DBInstance', `orders-${region}`] as [string, string] },
  };
}

/** moto makes no copies of tables: from when a test says so, this one has another in that region (DynamoDB API reference). */
let replicatedFrom: string | undefined;
function answerTable({ action }: RecordedRequest): string | undefined {
  if (action !== 'DescribeTable' || !replicatedFrom) return undefined;
  const Replicas = [{ RegionName: replicatedFrom, ReplicaStatus: 'ACTIVE' }];
  return JSON.stringify({ Table: { TableName: 'orders.staging.carts', TableStatus: 'ACTIVE', Replicas } });
}

/** A promoted instance names no source any more (RDS API reference, DBInstance). */
function promotedInstance({ action, parameters }: RecordedRequest): string | undefined {
  const isStandby = parameters.DBInstanceIdentifier === `orders-${STANDBY}`;
  if (action !== 'DescribeDBInstances' || !isStandby || sent('PromoteReadReplica').length === 0) return undefined;
  const tag = (key: string, value: string) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`;
  const tags = `<TagList>${tag('meridian:store', 'orders-db')}${tag('meridian:epoch', '3')}</TagList>`;
  const about = `<DBInstanceIdentifier>orders-${STANDBY}</DBInstanceIdentifier><DBInstanceStatus>available</DBInstanceStatus>`;
  const instances = `<DBInstances><DBInstance>${about}${tags}</DBInstance></DBInstances>`;
  return `<DescribeDBInstancesResponse><DescribeDBInstancesResult>${instances}</DescribeDBInstancesResult></DescribeDBInstancesResponse>`;
}

async function putMetric(region: string, MetricName: string, Value: number, Timestamp = new Date()): Promise<void> {
  const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: `orders-${region}` }];
  await clients
    .cloudWatch(on(region))
    .send(
      new PutMetricDataCommand({ Namespace: 'AWS/RDS', MetricData: [{ MetricName, Value, Timestamp, Dimensions }] }),
    );
}

const sent = (action: string) => wire.requests.filter((request) => request.action === action);

test('a primary and its standby say who they are; a lag that nobody measured is not told', async () => {
  expect(await data.status(on(PRIMARY))).toMatchObject({ reachable: true, role: 'primary', multiAz: true });
  const standby = await data.status(on(STANDBY));
  expect(standby).toMatchObject({ reachable: true, role: 'standby', tls: true });
  expect(standby.lagMs).toBeUndefined();
  expect(await data.status({ ...on(PRIMARY), store: 'other' })).toMatchObject({ reachable: false, role: 'unknown' });
});

test('the newest lag of CloudWatch is told in milliseconds, and -1 is no lag', async () => {
  await putMetric(STANDBY, 'ReplicaLag', 3, new Date(Date.now() - 120_000));
  expect((await data.status(on(STANDBY))).lagMs).toBe(3_000);
  await putMetric(STANDBY, 'ReplicaLag', -1);
  expect((await data.status(on(STANDBY))).lagMs).toBeUndefined();
});

test('nothing is promoted while the old primary can still write', async () => {
  const promotion = { ...on(STANDBY), expectedPrimary: PRIMARY, epoch: 2 };
  await expect(data.promote(promotion, context)).rejects.toMatchObject({ type: 'Platform.Refused' });
  expect(sent('PromoteReadReplica')).toEqual([]);
});

test('a fence without a minute of silence in CloudWatch is no fence', async () => {
  await expect(data.fence({ ...on(PRIMARY), epoch: 2 }, context)).rejects.toMatchObject({
    type: 'Platform.Unavailable',
    retryable: false,
    message: expect.stringContaining('nothing may be promoted'),
  });
  expect(sent('ModifyDBInstance').map(({ parameters }) => parameters)).toMatchObject([
    {
      DBInstanceIdentifier: `orders-${PRIMARY}`,
      'VpcSecurityGroupIds.VpcSecurityGroupId.1': CLOSED,
      ApplyImmediately: 'true',
    },
  ]);
  expect(sent('RebootDBInstance')).toHaveLength(1);
  await expect(data.promote({ ...on(STANDBY), expectedPrimary: PRIMARY, epoch: 2 }, context)).rejects.toMatchObject({
    type: 'Platform.Refused',
  });
});

test('a repeated fence goes on where the first one stopped and gives a receipt', async () => {
  await putMetric(PRIMARY, 'DatabaseConnections', 4, new Date(Date.now() - 120_000));
  await putMetric(PRIMARY, 'DatabaseConnections', 0, new Date(Date.now() + 60_000));
  const patient = createAwsData({ clients, fenceTimeoutMs: 90_000 });
  const receipt = await patient.fence({ ...on(PRIMARY), epoch: 3 }, context);
  expect(receipt).toMatchObject({ kind: 'ingress-closed-and-zero-connections', region: PRIMARY, epoch: 3 });
  expect(sent('ModifyDBInstance')).toHaveLength(1);
  expect(sent('RebootDBInstance')).toHaveLength(1);
}, 120_000);

test('a fence counts for its epoch, and an older epoch is refused', async () => {
  await expect(data.fence({ ...on(PRIMARY), epoch: 2 }, context)).rejects.toMatchObject({
    type: 'Platform.StaleEpoch',
  });
  await expect(data.rejoin({ ...on(PRIMARY), epoch: 2 }, context)).rejects.toMatchObject({
    type: 'Platform.StaleEpoch',
  });
  const later = { ...on(STANDBY), expectedPrimary: PRIMARY, epoch: 4 };
  await expect(data.promote(later, context)).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringContaining('is fenced for epoch 3'),
  });
});

test('the standby of a fenced primary is promoted once; the second time it is already so', async () => {
  const elsewhere = { ...on(STANDBY), expectedPrimary: STANDBY, epoch: 3 };
  await expect(data.promote(elsewhere, context)).rejects.toMatchObject({ type: 'Platform.Refused' });
  const promotion = { ...on(STANDBY), expectedPrimary: PRIMARY, epoch: 3 };
  expect(await data.promote(promotion, context)).toMatchObject({ role: 'primary' });
  expect(await data.promote(promotion, context)).toMatchObject({ role: 'primary' });
  expect(sent('PromoteReadReplica')).toHaveLength(1);
});

test('a copy of a global table is seen in its region, with a lag once something was written', async () => {
  const TableName = 'orders.staging.carts';
  const carts = { ...on(STANDBY), store: 'carts' };
  await clients.dynamoDb(on(STANDBY)).send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
  const copy = await data.status(carts);
  expect(copy).toMatchObject({ reachable: true, role: 'standby', tls: true });
  expect(copy.lagMs).toBeUndefined();
  replicatedFrom = PRIMARY;
  const Dimensions = [
    { Name: 'TableName', Value: TableName },
    { Name: 'ReceivingRegion', Value: STANDBY },
  ];
  const measured = { MetricName: 'ReplicationLatency', Value: 420, Timestamp: new Date(), Dimensions };
  await clients
    .cloudWatch(on(PRIMARY))
    .send(new PutMetricDataCommand({ Namespace: 'AWS/DynamoDB', MetricData: [measured] }));
  expect((await data.status(carts)).lagMs).toBe(420);
});

test('what RDS cannot do is refused with what to do instead', async () => {
  await expect(data.rejoin({ ...on(PRIMARY), epoch: 3 }, context)).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringContaining(`deploy the request without ${PRIMARY}`),
  });
  await expect(data.compare({ ...store, regions: [PRIMARY, STANDBY] })).rejects.toMatchObject({
    type: 'Platform.Refused',
  });
});
