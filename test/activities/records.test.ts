import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ActivityDependencies } from '../../activities/dependencies';
import { createRecordActivities } from '../../activities/records';
import { FileDeploymentStore } from '../../activities/store/file-deployment-store';
import { createSweepActivities } from '../../activities/sweep';
import { type DeploymentRecord, emptyRecord, type Intent, type LiveDeployment } from '../../contracts/record';
import type { StackRef } from '../../contracts/stack';

const KEY = { application: 'orders', environment: 'staging' };
let home: string;
let records: FileDeploymentStore;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'meridian-records-'));
  records = new FileDeploymentStore(home);
});
afterEach(() => rm(home, { recursive: true, force: true }));

const ref = (region: string): StackRef => ({ account: 'default', region, kind: 'data', name: 'orders-staging-data' });
const intent = (region: string, state: Intent['state']): Intent => ({
  ref: ref(region),
  verb: 'destroy',
  generation: 2,
  token: region,
  state,
});
const record = (more: Partial<DeploymentRecord>): DeploymentRecord => ({
  ...emptyRecord(KEY.application, KEY.environment),
  lastGeneration: 2,
  place: { platform: 'fake', account: 'default' },
  primary: 'us-east-1',
  dark: { generation: 2, regions: ['us-east-1', 'eu-west-1'], expiresAt: '2020-01-01T00:00:00.000Z' },
  ...more,
});

const failedOver: Partial<DeploymentRecord> = {
  fenced: [{ region: 'us-east-1', since: '2026-01-01T00:00:00.000Z', epoch: 3, why: 'another was promoted' }],
  moving: { to: 'eu-west-1', from: { orders: 'us-east-1' }, since: '2026-01-01T00:00:00.000Z' },
};
const DRILLING = { workflowId: 'drill/orders/staging/2', kind: 'freeze', until: '2026-01-01T00:00:00.000Z' } as const;
const activities = (kept = records) =>
  createRecordActivities({ records: kept, now: () => new Date() } as unknown as ActivityDependencies);

test('a retired deployment is nowhere, drains nothing and goes on counting', async () => {
  await records.save(
    record({ ...failedOver, drained: ['us-east-1'], intents: [intent('us-east-1', 'undone')], drilling: DRILLING }),
  );
  await activities().recordRetired(KEY);
  const { version: _version, ...after } = await records.load(KEY);
  expect(after).toEqual({ ...emptyRecord(KEY.application, KEY.environment), version: undefined, lastGeneration: 2 });
});

test('the first deployment has no failover behind it, a later one keeps what is fenced', async () => {
  const live = { generation: 3, topology: { regions: [{ region: 'us-east-1' }] } } as unknown as Omit<
    LiveDeployment,
    'promotedAt'
  >;
  let stored = record(failedOver);
  const memory = { load: async () => stored, save: async (next: DeploymentRecord) => (stored = next) };
  const { recordPromotion } = activities(memory as unknown as FileDeploymentStore);
  await recordPromotion({ ...KEY, live });
  expect([stored.live?.generation, stored.fenced, stored.moving]).toEqual([3, undefined, undefined]);
  stored = { ...stored, ...failedOver };
  await recordPromotion({ ...KEY, live });
  expect(stored).toMatchObject(failedOver);
});

test('a region that is the primary is not fenced, and without a primary none is', async () => {
  await records.save(record({ ...failedOver, primary: undefined }));
  await activities().recordPrimary({ ...KEY, primary: 'us-east-1' });
  expect(await records.load(KEY)).toMatchObject({ primary: 'us-east-1', fenced: [] });
  await records.save({ ...(await records.load(KEY)), ...failedOver });
  await activities().recordNoPrimary(KEY);
  const { fenced, moving } = await records.load(KEY);
  expect([fenced, moving]).toEqual([undefined, undefined]);
});

describe('after a sweep', () => {
  const swept = (destroyed: StackRef[]) =>
    createSweepActivities({ records } as unknown as ActivityDependencies).recordSwept({ ...KEY, destroyed });

  test('what is still kept dark stays so, and a primary whose data is there stays primary', async () => {
    await records.save(record({ intents: [intent('us-east-1', 'done'), intent('eu-west-1', 'undone')] }));
    await swept([ref('eu-west-1')]);
    expect(await records.load(KEY)).toMatchObject({ primary: 'us-east-1', dark: { generation: 2 } });
  });

  test('nothing dark is left, and the primary went with its data', async () => {
    await records.save(record({ intents: [intent('us-east-1', 'undone'), intent('eu-west-1', 'undone')] }));
    await swept([ref('us-east-1'), ref('eu-west-1')]);
    const after = await records.load(KEY);
    expect([after.primary, after.dark]).toEqual([undefined, undefined]);
    expect(after.place).toBeDefined();
  });
});
