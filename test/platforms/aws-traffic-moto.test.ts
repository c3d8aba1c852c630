import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateDBInstanceCommand } from '@aws-sdk/client-rds';
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  GetHealthCheckCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { createAwsTraffic } from '../../platforms/aws/aws-traffic';
import { type AwsClients, createAwsClients } from '../../platforms/aws/clients';
import type { TrafficPort } from '../../platforms/platform';
import { startMoto } from '../clouds/moto';
import { type RecordedRequest, type RecordingEndpoint, startRecordingEndpoint } from '../clouds/recording-endpoint';
import { answerStacks } from '../clouds/stacks-answered';
import { type TestCloud, useTestCredentials } from '../clouds/test-cloud';

/** Records, health checks, tags, zones, databases and alarms are moto’s own; stacks, the history of alarms and what checkers saw are answered as documented. */
useTestCredentials();

const [FIRST, SECOND, THIRD] = ['us-east-1', 'eu-west-1', 'ap-southeast-1'] as const;
const REGIONS = [FIRST, SECOND, THIRD];
const HOSTNAME = 'orders.example.com';
const CHAIN = 'chain.example.com';
const ALARM = 'orders-staging-global-HealthAlarmEuWest1-1';
/** seconds since the epoch */
const RAISED_AT = Date.UTC(2026, 10, 21) / 1_000;
const scope = { account: 'default', application: 'orders', environment: 'staging' };

let cloud: TestCloud;
let wire: RecordingEndpoint;
let clients: AwsClients;
let traffic: TrafficPort;
let privateZones: string[] = [];
/** health check ids by hostname and region */
const checks = new Map<string, string>();
const failing = new Set<string>();

beforeAll(async () => {
  cloud = await startMoto();
  const stacks = answerStacks([
    {
      region: FIRST,
      name: 'orders-staging-global',
      outputs: { Hostname: HOSTNAME },
      resources: { HealthAlarmEuWest1: ['AWS::CloudWatch::Alarm', ALARM] },
    },
    {
      region: SECOND,
      name: 'orders-staging-data',
      outputs: {},
      resources: { DatabaseOrdersDb: ['AWS::RDS::DBInstance', 'orders-eu'] },
    },
  ]);
  const absent = ({ service, action }: RecordedRequest) => service === 'cloudformation' && action === 'DescribeStacks';
  wire = await startRecordingEndpoint(
    (request) => stacks(request) ?? (absent(request) ? undefined : answerCheckers(request)),
    cloud.endpoint,
  );
  clients = createAwsClients({ accounts: { default: {} }, endpoint: wire.endpoint });
  traffic = createAwsTraffic({ clients, resolversForgetMs: 1 });
  await publish();
}, 400_000);

afterAll(async () => {
  clients?.destroy();
  await wire?.stop();
  await cloud?.stop();
});

/** GetHealthCheckStatus as documented: a sentence per checker, of which the first word tells. */
function answerCheckers({ action, parameters, region }: RecordedRequest): string | undefined {
  if (action === 'DescribeAlarmHistory' && region === FIRST) return alarmHistory(Number(parameters.StartDate));
  const id = /\/healthcheck\/([^/]+)\/status/.exec(action)?.[1];
  if (!id) return undefined;
  const said = failing.has(id) ? 'Failure: HTTP Status Code 503' : 'Success: HTTP Status Code 200, OK';
  const report = `<StatusReport><Status>${said}</Status><CheckedTime>2026-11-21T12:00:00Z</CheckedTime></StatusReport>`;
  const one = `<HealthCheckObservation><Region>us-east-1</Region>${report}</HealthCheckObservation>`;
  return `<GetHealthCheckStatusResponse><HealthCheckObservations>${one}</HealthCheckObservations></GetHealthCheckStatusResponse>`;
}

/** moto keeps no history of alarms: one that was raised, and one of somebody else (CloudWatch API reference). */
function alarmHistory(sinceSeconds: number): string {
  const HistoryData = JSON.stringify({ version: '1.0', newState: { stateValue: 'ALARM' } });
  const over = JSON.stringify({ version: '1.0', newState: { stateValue: 'OK' } });
  const items = [
    { AlarmName: ALARM, Timestamp: RAISED_AT, HistoryItemType: 'StateUpdate', HistoryData },
    { AlarmName: ALARM, Timestamp: RAISED_AT + 60, HistoryItemType: 'StateUpdate', HistoryData: over },
    { AlarmName: 'somebody-else', Timestamp: RAISED_AT, HistoryItemType: 'StateUpdate', HistoryData },
  ];
  return JSON.stringify({ AlarmHistoryItems: items.filter(({ Timestamp }) => Timestamp >= sinceSeconds) });
}

async function publish(): Promise<void> {
  const route53 = clients.route53('default');
  const zone = async (Name: string, VPCRegion?: string) => {
    const made = await route53.send(
      new CreateHostedZoneCommand({
        Name,
        CallerReference: `${Name}${VPCRegion ?? ''}`,
        ...(VPCRegion && {
          VPC: { VPCRegion: VPCRegion as 'eu-west-1', VPCId: 'vpc-12345678' },
          HostedZoneConfig: { PrivateZone: true },
        }),
      }),
    );
    return made.HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
  };
  const publicZone = await zone('example.com');
  privateZones = [await zone('orders-staging.internal', FIRST), await zone('orders-staging.internal', SECOND)];
  const sets: ResourceRecordSet[] = [];
  for (const [index, region] of REGIONS.entries()) {
    sets.push(await recordSet(HOSTNAME, region, { Region: region }));
    const link = index === 0 ? CHAIN : `chain-2.${CHAIN}`;
    sets.push(await recordSet(CHAIN, region, { Failover: index === 2 ? 'SECONDARY' : 'PRIMARY' }, link));
  }
  const next = { DNSName: `chain-2.${CHAIN}.`, HostedZoneId: publicZone, EvaluateTargetHealth: true };
  sets.push({ Name: `${CHAIN}.`, Type: 'A', SetIdentifier: 'chain-2', Failover: 'SECONDARY', AliasTarget: next });
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: publicZone,
      ChangeBatch: { Changes: sets.map((set) => ({ Action: 'CREATE', ResourceRecordSet: set })) },
    }),
  );
}

async function recordSet(
  hostname: string,
  region: string,
  policy: Partial<ResourceRecordSet>,
  name = hostname,
): Promise<ResourceRecordSet> {
  const made = await clients.route53('default').send(
    new CreateHealthCheckCommand({
      CallerReference: `${hostname} ${region}`,
      HealthCheckConfig: {
        Type: 'HTTPS',
        FullyQualifiedDomainName: `lb.${region}.example.com`,
        FailureThreshold: 2,
        RequestInterval: 10,
      },
    }),
  );
  const id = made.HealthCheck?.Id ?? '';
  checks.set(`${hostname} ${region}`, id);
  const AliasTarget = {
    DNSName: `lb.${region}.example.com.`,
    HostedZoneId: 'Z35SXDOTRQ7X7K',
    EvaluateTargetHealth: true,
  };
  return { Name: `${name}.`, Type: 'A', SetIdentifier: region, HealthCheckId: id, AliasTarget, ...policy };
}

async function isOff(hostname: string, region: string): Promise<boolean> {
  const HealthCheckId = checks.get(`${hostname} ${region}`);
  const { HealthCheck } = await clients.route53('default').send(new GetHealthCheckCommand({ HealthCheckId }));
  const { Disabled, Inverted } = HealthCheck?.HealthCheckConfig ?? {};
  expect(Boolean(Disabled)).toBe(Boolean(Inverted));
  return Disabled === true;
}

const drainedOf = async (hostname: string) => {
  const off = await Promise.all(REGIONS.map(async (region) => ((await isOff(hostname, region)) ? [region] : [])));
  return off.flat();
};

test('a hostname leads to the regions with a record, and one without records to nobody', async () => {
  expect((await traffic.resolve(HOSTNAME)).regions.sort()).toEqual([...REGIONS].sort());
  expect(await traffic.resolve('preview-orders.example.com')).toEqual({ regions: [] });
  expect(await traffic.resolve('orders.elsewhere.org')).toEqual({ regions: [] });
});

test('of a failover chain the first healthy region answers', async () => {
  expect(await traffic.resolve(CHAIN)).toEqual({ regions: [FIRST] });
  failing.add(checks.get(`${CHAIN} ${FIRST}`) ?? '');
  expect(await traffic.resolve(CHAIN)).toEqual({ regions: [SECOND] });
  const health = await traffic.health(CHAIN);
  expect(health.find(({ region }) => region === FIRST)).toMatchObject({ healthy: false, consecutiveFailures: 2 });
  expect(health.find(({ region }) => region === SECOND)).toMatchObject({ healthy: true, consecutiveFailures: 0 });
  failing.clear();
});

test('a drain is the whole set: regions go and come back by their health checks', async () => {
  await traffic.drain({ ...scope, hostname: HOSTNAME, regions: [SECOND, THIRD], epoch: 1 });
  expect(await drainedOf(HOSTNAME)).toEqual([SECOND, THIRD]);
  expect(await traffic.resolve(HOSTNAME)).toEqual({ regions: [FIRST] });
  await traffic.drain({ ...scope, hostname: HOSTNAME, regions: [THIRD], epoch: 1 });
  expect(await drainedOf(HOSTNAME)).toEqual([THIRD]);
  await traffic.drain({ ...scope, hostname: HOSTNAME, regions: [], epoch: 2 });
  expect(await drainedOf(HOSTNAME)).toEqual([]);
});

test('a drain that was cut off while resolvers forgot waits anew, and one of nobody does not', async () => {
  const waiting = createAwsTraffic({ clients, resolversForgetMs: 400 });
  const drain = { ...scope, hostname: HOSTNAME, epoch: 2 };
  const took = async (regions: string[]) => {
    const start = Date.now();
    await waiting.drain({ ...drain, regions });
    return Date.now() - start;
  };
  await traffic.drain({ ...drain, regions: [THIRD] });
  expect(await took([THIRD])).toBeGreaterThanOrEqual(400);
  expect(await took([])).toBeLessThan(400);
});

test('nobody is drained who would leave nobody, nor by an older epoch', async () => {
  const drain = { ...scope, hostname: HOSTNAME, epoch: 2 };
  await expect(traffic.drain({ ...drain, regions: [...REGIONS] })).rejects.toMatchObject({ type: 'Platform.Refused' });
  await expect(traffic.drain({ ...drain, regions: [FIRST], epoch: 1 })).rejects.toMatchObject({
    type: 'Platform.StaleEpoch',
  });
  await expect(traffic.drain({ ...drain, hostname: 'no.example.com', regions: [] })).rejects.toMatchObject({
    type: 'Platform.Refused',
  });
  expect(await drainedOf(HOSTNAME)).toEqual([]);
});

test('a shift waits for a primary, then moves the writer names of every region and drains who is before it', async () => {
  const shift = { ...scope, hostname: CHAIN, to: SECOND, drain: [FIRST], epoch: 3 };
  await expect(traffic.shift({ ...shift, drain: [SECOND] })).rejects.toMatchObject({ type: 'Platform.Refused' });
  await expect(traffic.shift({ ...shift, to: 'eu-central-1' })).rejects.toMatchObject({ type: 'Platform.Refused' });
  await clients.rds({ account: 'default', region: SECOND }).send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'orders-eu',
      Engine: 'postgres',
      DBInstanceClass: 'db.t4g.small',
      AllocatedStorage: 20,
      MasterUsername: 'meridian_app',
      MasterUserPassword: 'not-a-secret-1',
      Tags: [{ Key: 'meridian:store', Value: 'orders-db' }],
    }),
  );
  await traffic.shift(shift);
  expect(await drainedOf(CHAIN)).toEqual([FIRST]);
  for (const HostedZoneId of privateZones) {
    const sets = await clients.route53('default').send(new ListResourceRecordSetsCommand({ HostedZoneId }));
    const writer = sets.ResourceRecordSets?.find(({ Type }) => Type === 'CNAME');
    expect(writer).toMatchObject({ Name: 'orders-db.orders-staging.internal.', TTL: 10 });
    expect(writer?.ResourceRecords?.[0]?.Value).toContain('orders-eu');
  }
});

test('alarms on health checks are told with the region that they watch', async () => {
  const cloudWatch = clients.cloudWatch({ account: 'default', region: FIRST });
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: ALARM,
      Namespace: 'AWS/Route53',
      MetricName: 'HealthCheckStatus',
      Dimensions: [{ Name: 'HealthCheckId', Value: checks.get(`${HOSTNAME} ${SECOND}`) }],
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 1,
      Period: 60,
      Statistic: 'Minimum',
      Threshold: 1,
    }),
  );
  const raisedAt = new Date(RAISED_AT * 1_000).toISOString();
  expect(await traffic.alarms(scope, raisedAt)).toEqual([{ name: ALARM, region: SECOND, at: raisedAt }]);
  expect(await traffic.alarms(scope, new Date((RAISED_AT + 1) * 1_000).toISOString())).toEqual([]);
});
