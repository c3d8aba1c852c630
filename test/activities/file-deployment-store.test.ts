import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FileDeploymentStore } from '../../activities/store/file-deployment-store';
import { RecordConflictError } from '../../activities/store-port';
import { emptyRecord } from '../../contracts/record';

const KEY = { application: 'orders', environment: 'staging' };
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'records-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('records in files', () => {
  it('give an empty record for what was never deployed, and list nothing', async () => {
    const store = new FileDeploymentStore(path.join(directory, 'not-there-yet'));
    expect(await store.load(KEY)).toEqual(emptyRecord('orders', 'staging'));
    expect(await store.list()).toEqual([]);
  });

  it('refuse a write that read an older version', async () => {
    const store = new FileDeploymentStore(directory);
    const first = await store.save(await store.load(KEY));
    await store.save({ ...first, epoch: 7 });
    await expect(store.save({ ...first, epoch: 8 })).rejects.toThrow(RecordConflictError);
    expect((await store.load(KEY)).epoch).toBe(7);
    expect(await store.list()).toEqual([KEY]);
  });

  it('let exactly one of many simultaneous writers of a version win', async () => {
    const found = await new FileDeploymentStore(directory).load(KEY);
    const writers = Array.from({ length: 12 }, (_, epoch) =>
      new FileDeploymentStore(directory).save({ ...found, epoch }),
    );
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await new FileDeploymentStore(directory).load(KEY)).version).toBe(1);
  });
});
