import { DescribeDBSnapshotsCommand, StartDBInstanceCommand, StopDBInstanceCommand } from '@aws-sdk/client-rds';
import { awsBackups } from '../../platforms/aws/aws-backups';
import { type AwsClients, createAwsClients } from '../../platforms/aws/clients';
import type { BackupPort } from '../../platforms/backup-port';
import type { CallContext } from '../../platforms/platform';
import { startMoto } from '../clouds/moto';
import { createDatabase } from '../clouds/rds-databases';
import { type RecordingEndpoint, startRecordingEndpoint } from '../clouds/recording-endpoint';
import { type AnsweredStack, answerStackList, answerStacks } from '../clouds/stacks-answered';
import { type TestCloud, useTestCredentials } from '../clouds/test-cloud';

/** Snapshots, their copies in another region and what is restored from them are moto's own; stacks are answered. */
useTestCredentials();

const PRIMARY = 'eu-west-1';
const FAR = 'eu-central-1';
const CLOSED = 'sg-00000000000c105ed';
const store = { account: 'default', application: 'orders', environment: 'staging', store: 'orders-db' };
const on = (region: string) => ({ ...store, region });
const context: CallContext = { signal: new AbortController().signal, heartbeat: () => undefined };
const latest = { kind: 'latest' } as const;

let cloud: TestCloud;
let wire: RecordingEndpoint;
let clients: AwsClients;
let backups: BackupPort;

beforeAll(async () => {
  cloud = await startMoto();
  const stacks = [dataStack(PRIMARY), dataStack(FAR)];
  const [named, listed] = [answerStacks(stacks), answerStackList(stacks, store)];
  wire = await startRecordingEndpoint((request) => named(request) ?? listed(request), cloud.endpoint);
  clients = createAwsClients({ accounts: { default: {} }, endpoint: wire.endpoint });
  backups = awsBackups(clients);
  await createDatabase(clients, PRIMARY, { BackupRetentionPeriod: 7, StorageEncrypted: true });
}, 400_000);

afterAll(async () => {
  clients?.destroy();
  await wire?.stop();
  await cloud?.stop();
});

/** The other region has a data stack without an instance: it was lost. */
function dataStack(region: string): AnsweredStack {
  const instance = ['AWS::RDS::DBInstance', `orders-${region}`] as [string, string];
  const resources: AnsweredStack['resources'] = region === PRIMARY ? { DatabaseOrdersDb: instance } : {};
  return { region, name: 'orders-staging-data', outputs: { ClosedSecurityGroup: CLOSED }, resources };
}

const sent = (action: string) => wire.requests.filter((request) => request.action === action);

test('a snapshot is copied into another region of the jurisdiction, and taking it again copies nothing again', async () => {
  const taken = await backups.take({ ...store, id: 'one' }, context);
  expect(taken).toMatchObject({ id: 'one', from: PRIMARY, keptIn: FAR });
  expect(await backups.take({ ...store, id: 'one' }, context)).toEqual(taken);
  const { DBSnapshots } = await clients.rds(on(FAR)).send(new DescribeDBSnapshotsCommand({}));
  expect(DBSnapshots?.map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier)).toEqual([
    'meridian-orders-staging-orders-db-one',
  ]);
  // an encrypted snapshot needs a key of the region that it is copied to
  expect(sent('CopyDBSnapshot')[0]?.parameters.KmsKeyId).toBe('alias/aws/rds');
});

test('both places are listed, the far one first, and nothing is called proven', async () => {
  const { backups: listed, archive } = await backups.list(store);
  expect(listed.map(({ id, keptIn }) => `${id} ${keptIn}`)).toEqual([`one ${FAR}`, `one ${PRIMARY}`]);
  expect(listed.every(({ proof }) => proof === undefined)).toBe(true);
  expect(archive).toMatchObject({ keptIn: PRIMARY, breaks: [] });
  await expect(backups.prove({ ...store, id: 'one' }, context)).rejects.toMatchObject({ type: 'Platform.Refused' });
});

test('nothing is restored while a database lives, to a position of the log, or where no instance is', async () => {
  const restore = (region: string, target: Parameters<BackupPort['restore']>[0]['target'] = latest) =>
    backups.restore({ ...on(region), target, epoch: 3 }, context);
  await expect(restore(PRIMARY)).rejects.toThrow(/is available: promote it/);
  await expect(restore(PRIMARY, { kind: 'lsn', lsn: '0/3000148' })).rejects.toThrow(/RDS knows no positions/);
  await expect(restore(FAR)).rejects.toThrow(/has no instance of orders-db/);
  expect(sent('RestoreDBInstanceFromDBSnapshot').concat(sent('RestoreDBInstanceToPointInTime'))).toEqual([]);
});

test('a fenced primary is restored beside itself, from a snapshot that is named or from its own log; what is left to do is said', async () => {
  await clients.rds(on(PRIMARY)).send(new StopDBInstanceCommand({ DBInstanceIdentifier: `orders-${PRIMARY}` }));
  const input = { ...on(PRIMARY), target: latest, epoch: 4, backup: 'one' };
  const report = await backups.restore(input, context);
  expect(report).toMatchObject({
    backup: 'one',
    region: PRIMARY,
    notes: [
      expect.stringContaining('is lost'),
      expect.stringContaining(`orders-${PRIMARY}-restored-4`),
      expect.anything(),
    ],
  });
  // asked for again: nothing is made twice
  expect((await backups.restore(input, context)).notes).toEqual(report.notes);
  const back = { kind: 'time', at: '2026-11-21T10:00:00.000Z' } as const;
  expect(await backups.restore({ ...on(PRIMARY), target: back, epoch: 5 }, context)).toMatchObject({
    backup: 'automated',
  });
  expect(sent('RestoreDBInstanceToPointInTime')[0]?.parameters).toMatchObject({
    RestoreTime: expect.stringContaining('2026-11-21T10:00:00'),
  });
});

test('what is older than retention keeps is deleted in both regions', async () => {
  await clients.rds(on(PRIMARY)).send(new StartDBInstanceCommand({ DBInstanceIdentifier: `orders-${PRIMARY}` }));
  await backups.take({ ...store, id: 'two' }, context);
  expect(await backups.prune({ ...store, keep: 1, keepForMs: 0 })).toEqual({ backups: ['one'], segments: 0 });
  expect((await backups.list(store)).backups.map(({ id }) => id)).toEqual(['two', 'two']);
});
