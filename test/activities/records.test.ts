import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ActivityDependencies } from '../../activities/dependencies';
import { createRecordActivities } from '../../activities/records';
import { FileDeploymentStore } from '../../activities/store/file-deployment-store';
import { createSweepActivities } from '../../activities/sweep';
import { type DeploymentRecord, emptyRecord, type Intent } from '../../contracts/record';
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

test('a retired deployment is nowhere, drains nothing and goes on counting', async () => {
  await records.save(record({ drained: ['us-east-1'], intents: [intent('us-east-1', 'undone')] }));
  await createRecordActivities({ records } as unknown as ActivityDependencies).recordRetired(KEY);
  const { version: _version, ...after } = await records.load(KEY);
  expect(after).toEqual({ ...emptyRecord(KEY.application, KEY.environment), version: undefined, lastGeneration: 2 });
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
