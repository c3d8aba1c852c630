import { readFileSync } from 'node:fs';
import { type DrillKind, drillReportSchema } from '../../contracts/drill';
import type { OperationReport } from '../../contracts/operation-report';
import { PlatformError } from '../../platforms/platform-error';
import { UNDO_AFTER_MS } from '../../workflows/drills/undo-after';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { goLive, type LiveFake } from '../support/live-fake';

jest.setTimeout(120_000);

let fake: FakeDeployments;
let live: LiveFake;
beforeAll(async () => {
  fake = await startFakeDeployments();
  live = await goLive(fake);
});
afterAll(() => fake.stop());

/** Sentinels that replace a silent primary by themselves. */
beforeEach(() =>
  live.restore((cloud) => {
    cloud.leases.set('orders', { holder: live.primary, epoch: cloud.epoch, automation: 'automatic' });
  }),
);

const drill = (kind: DrillKind) => live.ask({ kind: 'drill', drill: kind });
const refused = (message = 'the provider says no') => new PlatformError('Platform.Refused', message);

/** No fault is left, everybody answers, the old primary writes, and the record says so and that no drill goes on. */
async function expectAsBefore() {
  const { primary, others } = live;
  expect([...fake.cloud.faults.keys()]).toEqual([]);
  expect(fake.cloud.drained).toEqual([]);
  const record = await live.record();
  expect(record).toMatchObject({ primary, drained: [] });
  expect(record.fenced ?? []).toEqual([]);
  expect(record.drilling).toBeUndefined();
  const roles = [...fake.cloud.databases.values()].map(({ region, role, fenced }) => ({ region, role, fenced }));
  expect(roles).toEqual(
    [primary, ...others].map((region) => ({ region, role: region === primary ? 'primary' : 'standby', fenced: false })),
  );
}

function drillReport({ documents }: OperationReport) {
  const found = documents.find(({ name }) => name === 'drill.json');
  return drillReportSchema.parse(JSON.parse(readFileSync(new URL(found?.artifact.uri ?? ''), 'utf8')));
}

async function until(is: () => unknown): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a drill in which the platform replaces the primary by itself', () => {
  it.each(['region-loss', 'database-loss', 'freeze', 'partition'] as const)(
    '%s: measures, puts everything back, and files what it found',
    async (kind) => {
      const report = await drill(kind);
      expect(report).toMatchObject({ outcome: 'done', kind: 'drill', left: [], undone: [] });
      await expectAsBefore();
      const filed = drillReport(report);
      expect(filed).toMatchObject({
        kind,
        region: live.primary,
        promoted: live.others[0],
        byItself: true,
        passed: true,
      });
      expect(filed).toMatchObject({ undoAfterMs: UNDO_AFTER_MS, rpoMs: 0, result: { class: kind } });
      const [entry] = (await live.record()).drills.slice(-1);
      expect(entry).toMatchObject({ kind, passed: true, rpoMs: 0, rtoMs: filed.rtoMs, at: filed.at });
      const acts = live.since().filter((act) => /^(inject|undo|hand over)/.test(act));
      expect(acts).toEqual([expect.stringMatching(/^inject/), 'undo fault', `hand over to ${live.primary}`]);
    },
  );

  it('every fault carries the time after which the platform undoes it', async () => {
    let seen: number | undefined;
    fake.cloud.intercept = async (call, act) => {
      const answer = await act();
      if (call.name === 'inject') seen = [...fake.cloud.faults.values()][0]?.undoAfterMs;
      return answer;
    };
    await drill('freeze');
    expect(seen).toBe(UNDO_AFTER_MS);
  });

  it('one that loses more than was asked for has failed, is put back all the same, and is kept as failed', async () => {
    fake.cloud.loses.add(5);
    const report = await drill('region-loss');
    expect(report).toMatchObject({ outcome: 'failed', failure: { type: 'Validation.Failed' } });
    expect(report.summary).toContain('never durable');
    await expectAsBefore();
    expect((await live.record()).drills.at(-1)).toMatchObject({ kind: 'region-loss', passed: false });
  });
});

it('without leases the failover is carried out step by step', async () => {
  await live.restore();
  const report = await drill('region-loss');
  expect(report).toMatchObject({ outcome: 'done', left: [] });
  expect(drillReport(report)).toMatchObject({ byItself: false, promoted: live.others[0] });
  await expectAsBefore();
});

it('a slow link: nobody takes over, writes go on', async () => {
  const report = await drill('slow-link');
  expect(report).toMatchObject({ outcome: 'done', left: [] });
  expect(report.summary).toContain('nobody took over');
  expect(live.since().filter((act) => act === 'inject slow-link')).toHaveLength(2);
  await expectAsBefore();
});

it('a switchover moves the writes there and back without a fault', async () => {
  const { primary, others } = live;
  expect(await drill('switchover')).toMatchObject({ outcome: 'done', left: [] });
  const moves = live.since().filter((act) => act.startsWith('hand over') || act.startsWith('inject'));
  expect(moves).toEqual([`hand over to ${others[0]}`, `hand over to ${primary}`]);
  await expectAsBefore();
});

describe('a drill that is not held touches nothing', () => {
  const untouched = () => live.since().filter((act) => !/^(drain|backup|prove)/.test(act));

  it('while a region answers nobody', async () => {
    await live.ask({ kind: 'drain', region: live.others[0] });
    const report = await drill('region-loss');
    expect(report).toMatchObject({ outcome: 'failed', failure: { type: 'Drill.Failed' } });
    expect(report.summary).toContain(`${live.others[0]} answers nobody`);
    expect(untouched()).toEqual([]);
  });

  it('while a standby lags, or the platform may not do what the request says it may', async () => {
    const drills = (await live.record()).drills.length;
    const lease = fake.cloud.leases.get('orders');
    if (lease) lease.automation = 'off';
    expect((await drill('freeze')).summary).toContain('failover is to be automatic, and the platform has it off');
    if (lease) lease.automation = 'automatic';
    fake.cloud.lagging.add(live.others[1]);
    expect(await drill('freeze')).toMatchObject({ outcome: 'failed', failure: { type: 'Replication.Lagging' } });
    expect(untouched()).toEqual([]);
    expect((await live.record()).drills).toHaveLength(drills);
  });
});

// `after`: it happened, only the answer is lost
describe.each([false, true])('when an act is refused (after it happened: %s)', (after) => {
  it.each(['inject', 'takeovers', 'shift', 'writerLog', 'rejoin', 'stopWriter', 'handOver'])(
    '%s: no fault is left, and the old primary writes',
    async (call) => {
      fake.cloud.script.push({ call, times: 1, error: refused(), after });
      const report = await drill('region-loss');
      expect(report).toMatchObject({ outcome: 'failed', left: [] });
      await expectAsBefore();
    },
  );
});

/** Begins a drill and waits until its fault is in force and nobody takes over. */
async function strikeInVain() {
  const lease = fake.cloud.leases.get('orders');
  if (lease) lease.holder = live.primary;
  fake.cloud.intercept = async (call, act) => {
    // sentinels that never see it
    if (call.name === 'inject' && lease) lease.automation = 'propose';
    return act();
  };
  const begun = await live.begin({ kind: 'drill', drill: 'region-loss' });
  await until(() => (fake.cloud.calls.get('takeovers') ?? 0) > 0);
  expect(fake.cloud.faults.size).toBe(1);
  expect((await live.record()).drilling).toMatchObject({ workflowId: begun.workflowId, kind: 'region-loss' });
  return begun;
}

it('cancelled while the fault is in force: it is undone, and everything put back', async () => {
  const begun = await strikeInVain();
  await begun.cancel();
  expect(await begun.result()).toMatchObject({ outcome: 'stood-down', left: [] });
  await expectAsBefore();
});

it('the worker is replaced while the fault is in force: the drill goes on to its end', async () => {
  const begun = await strikeInVain();
  await fake.restartWorker();
  await begun.cancel();
  expect(await begun.result()).toMatchObject({ outcome: 'stood-down', left: [] });
  await expectAsBefore();
});

it('an emergency while the fault is in force: the fault is gone within seconds, the emergency has the slot', async () => {
  const begun = await strikeInVain();
  const [to] = live.others;
  const promoted = await live.begin({ kind: 'promote-region', region: to });
  const drilled = (await begun.result()) as unknown as OperationReport;
  expect(drilled).toMatchObject({ outcome: 'stood-down', undone: expect.arrayContaining(['undo the fault']) });
  expect(drilled.next).toContain(`meridian rejoin ${live.request.application}/staging ${live.primary}`);
  expect(await promoted.result()).toMatchObject({ outcome: 'done' });
  expect([...fake.cloud.faults.keys()]).toEqual([]);
  expect(await live.record()).toMatchObject({ primary: to, fenced: [{ region: live.primary }] });
  expect((await live.record()).drilling).toBeUndefined();
});

it('nobody takes over: the drill has failed, with at least the time that was waited', async () => {
  fake.cloud.script.push({
    call: 'takeovers',
    times: 1,
    error: new PlatformError('Platform.Refused', 'nobody took over'),
  });
  const report = await drill('partition');
  expect(report.outcome).toBe('failed');
  expect(drillReport(report)).toMatchObject({ kind: 'partition', passed: false, why: 'nobody took over' });
  await expectAsBefore();
});
