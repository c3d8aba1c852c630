import { randomUUID } from 'node:crypto';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { MeridianClient } from '../../clients/connection';
import { changeSchedules, readDrills, scheduleDrills } from '../../clients/drills';
import { drillScheduleId } from '../../contracts/workflow-ids';
import { DRILL_CATCH_UP_MS } from '../../policies/drills/drill-schedules';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { goLive, type LiveFake } from '../support/live-fake';

jest.setTimeout(120_000);

let fake: FakeDeployments;
let live: LiveFake;
let meridian: MeridianClient;
beforeAll(async () => {
  fake = await startFakeDeployments();
  live = await goLive(fake);
  const { client } = fake.temporal.environment;
  const { namespace } = client.options;
  meridian = { client, namespace, taskQueue: fake.taskQueue, address: 'test' } as unknown as MeridianClient;
});
afterAll(() => fake.stop());

const CADENCES = ['daily', 'weekly', 'monthly'];

it('three schedules: made once, listed, paused, resumed, removed', async () => {
  const made = await scheduleDrills(meridian, live.request);
  expect(made.map(({ cadence }) => cadence)).toEqual(CADENCES);
  expect(made.every(({ paused, next }) => !paused && Date.parse(next ?? '') > Date.now())).toBe(true);
  expect(await scheduleDrills(meridian, live.request)).toEqual(made);
  const handle = meridian.client.schedule.getHandle(drillScheduleId(live.request, 'weekly'));
  const { policies, spec } = await handle.describe();
  expect(policies).toMatchObject({ overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: DRILL_CATCH_UP_MS });
  expect(spec.calendars?.[0]).toMatchObject({ hour: [{ start: 3 }], dayOfWeek: [{ start: 'SUNDAY' }] });
  const paused = await changeSchedules(meridian, live.request, 'pause', 'ada');
  expect(paused.map((one) => one.paused)).toEqual([true, true, true]);
  expect((await handle.describe()).state.note).toBe('paused by ada');
  const resumed = await changeSchedules(meridian, live.request, 'resume', 'ada');
  expect(resumed.map((one) => one.paused)).toEqual([false, false, false]);
  expect(await changeSchedules(meridian, live.request, 'remove', 'ada')).toEqual([]);
});

it('what a schedule starts asks the deployment for its drills; what they found is in the record', async () => {
  await live.restore((cloud) => {
    cloud.leases.set('orders', { holder: live.primary, epoch: cloud.epoch, automation: 'automatic' });
  });
  await scheduleDrills(meridian, live.request);
  const { application, environment } = live.request;
  const result = await meridian.client.workflow.execute('runScheduledDrills', {
    workflowId: `test-${randomUUID()}`,
    taskQueue: fake.taskQueue,
    args: [{ application, environment, cadence: 'daily' }],
  });
  expect(result).toMatchObject({ drills: [{ drill: 'database-loss', outcome: 'done' }] });
  const { drills, schedules } = await readDrills(meridian, live.request);
  expect(drills.at(-1)).toMatchObject({ kind: 'database-loss', passed: true });
  expect(schedules.map(({ cadence }) => cadence)).toEqual(CADENCES);
});

it('retiring ends the schedules', async () => {
  const retire = await fake.begin({ kind: 'retire', requester: 'ada' }, live.request);
  await retire.result();
  expect((await readDrills(meridian, live.request)).schedules).toEqual([]);
});
