import { randomUUID } from 'node:crypto';
import { PlatformError } from '../../platforms/platform-error';
import { openAlerts } from '../../policies/health/alert-book';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { goLive, type LiveFake } from '../support/live-fake';
import { startWatch, type WatchedFake } from '../support/watched-deployment';

jest.setTimeout(120_000);

let fake: FakeDeployments;
let live: LiveFake;
let watch: WatchedFake;
beforeAll(async () => {
  fake = await startFakeDeployments({ dynamicConfig: ['history.timerProcessorMaxTimeShift="20ms"'] });
  live = await goLive(fake);
  await live.restore();
  watch = await startWatch(fake, live);
});
afterAll(async () => {
  await watch.end();
  await fake.stop();
});

function run(workflow: 'backUpData' | 'runScheduledDrills', more: object = {}): Promise<unknown> {
  const { application, environment } = live.request;
  return fake.temporal.environment.client.workflow.execute(workflow, {
    workflowId: `${workflow}-${randomUUID()}`,
    taskQueue: fake.taskQueue,
    args: [{ application, environment, ...more }],
  });
}

/** The open alerts after the next check, gravest first. */
async function alerts() {
  await watch.checks(1);
  const open = openAlerts(await watch.alerts());
  return open.map(({ key, severity, detail, next }) => ({ key, severity, detail, next }));
}

it('a round of backups that fails is told, until one goes well', async () => {
  fake.cloud.script.push({
    call: 'takeBackup',
    times: 1,
    error: new PlatformError('Platform.Refused', 'the disk is full'),
  });
  await expect(run('backUpData')).rejects.toMatchObject({ cause: { type: 'Platform.Unavailable' } });
  const next = `meridian backups ${live.request.application}/staging`;
  // there is none at all yet: a disaster now would lose the store
  expect(await alerts()).toEqual([
    { key: 'backup/orders', severity: 'critical', detail: 'orders has no backup', next },
    { key: 'backup-round', severity: 'warning', detail: 'orders: the disk is full', next },
  ]);
  await run('backUpData');
  expect(await alerts()).toEqual([]);
});

it('a backup that does not restore is critical, and looking at backups changes nothing about it', async () => {
  const [id = ''] = fake.cloud.backups.keys();
  fake.cloud.backups.set(id, {
    ...fake.cloud.backups.get(id)!,
    proof: { at: new Date().toISOString(), result: 'differs', restoreMs: 1, detail: 'two rows are missing' },
  });
  await run('backUpData', { dryRun: true });
  expect(await alerts()).toEqual([]);
  fake.cloud.script.push({
    call: 'takeBackup',
    times: 1,
    error: new PlatformError('Platform.Refused', 'the disk is full'),
  });
  await expect(run('backUpData')).rejects.toThrow();
  expect(await alerts()).toMatchObject([
    { key: 'backup/orders', severity: 'critical', detail: expect.stringContaining('two rows are missing') },
    { key: 'backup-round' },
  ]);
  await run('backUpData');
  expect(await alerts()).toEqual([]);
});

it('scheduled drills that were not held are told, until their schedule has held them', async () => {
  // without a lease a drill would promote by itself, and a region that answers nobody forbids it
  fake.cloud.leases.set('orders', { holder: live.primary, epoch: fake.cloud.epoch, automation: 'automatic' });
  await live.ask({ kind: 'drain', region: live.others[1] });
  await expect(run('runScheduledDrills', { cadence: 'daily' })).rejects.toMatchObject({
    cause: { type: 'Validation.Failed' },
  });
  expect(await alerts()).toEqual([
    {
      key: 'scheduled-drills/daily',
      severity: 'warning',
      detail: expect.stringMatching(/^database-loss \(\S+\): /),
      next: `meridian drills ${live.request.application}/staging`,
    },
  ]);
  await live.ask({ kind: 'undrain', region: live.others[1] });
  await run('runScheduledDrills', { cadence: 'daily' });
  expect((await alerts()).map(({ key }) => key)).not.toContain('scheduled-drills/daily');
});
