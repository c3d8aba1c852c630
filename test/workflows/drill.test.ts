import { readFileSync } from 'node:fs';
import { changeRecord } from '../../activities/records';
import { type DrillKind, drillReportSchema } from '../../contracts/drill';
import type { OperationReport } from '../../contracts/operation-report';
import type { DeploymentRecord } from '../../contracts/record';
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

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

async function until(is: () => unknown): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** What the record says of a drill at every act and question from the first fault or move on. */
function watchMarks() {
  const marks: Array<Promise<DeploymentRecord['drilling']>> = [];
  fake.cloud.intercept = async (call, act) => {
    if (marks.length > 0 || call.name === 'inject') marks.push(live.record().then(({ drilling }) => drilling));
    return act();
  };
  return { all: () => Promise.all(marks) };
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
  const marks = watchMarks();
  const report = await drill('slow-link');
  expect(report).toMatchObject({ outcome: 'done', left: [] });
  // it takes longer than a mark goes without being renewed
  expect(new Set((await marks.all()).map((mark) => mark?.until)).size).toBeGreaterThan(1);
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
      const marks = watchMarks();
      fake.cloud.script.push({ call, times: 1, error: refused(), after });
      const report = await drill('region-loss');
      expect(report).toMatchObject({ outcome: 'failed', left: [] });
      await expectAsBefore();
      expect(report.undone.at(-1)).toBe('say in the record that the drill is over');
      for (const mark of await marks.all()) expect(mark).toMatchObject({ kind: 'region-loss' });
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

/** As sentinels do it that see the fault late. */
function takesOver(to: string) {
  const { cloud } = fake;
  const epoch = cloud.epoch + 1;
  cloud.epoch = epoch;
  cloud.leases.set('orders', { holder: to, epoch, automation: 'automatic' });
  cloud.databases.set(live.primary, { region: live.primary, role: 'standby', fenced: true });
  cloud.databases.set(to, { region: to, role: 'primary', fenced: false });
  const at = new Date().toISOString();
  const fence = { kind: 'lease-expired', region: live.primary, epoch, at, detail: 'seen late' } as const;
  cloud.takeovers.push({ store: 'orders', from: live.primary, to, epoch, at, phases: [], fence });
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
  takesOver(live.others[0]);
  expect(await begun.result()).toMatchObject({ outcome: 'done', left: [] });
  expect(live.since().filter((act) => act.startsWith('inject'))).toHaveLength(1);
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

describe('an emergency that comes while a drill takes its way back', () => {
  /** The drill fails after the takeover, and its way back stands at the rejoin until `release`. */
  async function onItsWayBack() {
    const { cloud } = fake;
    const [rejoining, release] = [gate(), gate()];
    const fencing = gate();
    cloud.script.push({ call: 'shift', times: 1, error: refused() });
    cloud.intercept = async (call, act) => {
      if (call.name === 'rejoin' && call.nth === 1) {
        rejoining.open();
        await release.opened;
      }
      // the emergency has its epoch, and has not touched anything yet
      if (call.name === 'fence' && call.nth === 1) await fencing.opened;
      return act();
    };
    const drilled = await live.begin({ kind: 'drill', drill: 'region-loss' });
    await rejoining.opened;
    return { drilled, release, fencing };
  }

  it('is not outbid: data and traffic are its own from then on', async () => {
    const [, to] = live.others;
    const { drilled, release, fencing } = await onItsWayBack();
    const promoted = await live.begin({ kind: 'promote-region', region: to });
    await until(async () => (await live.record()).epochClaimedBy === promoted.workflowId);
    const { epoch } = await live.record();
    release.open();
    const report = (await drilled.result()) as unknown as OperationReport;
    expect(report).toMatchObject({ outcome: 'failed' });
    expect(report.left.join()).toContain(`left to ${promoted.workflowId}`);
    fencing.open();
    expect(await promoted.result()).toMatchObject({ outcome: 'done' });
    expect(await live.record()).toMatchObject({ primary: to, epoch, epochClaimedBy: promoted.workflowId });
    expect(live.since().filter((act) => act.startsWith('hand over'))).toEqual([]);
  });

  it('is not outbid either when the drill never hears of it', async () => {
    const { drilled, release, fencing } = await onItsWayBack();
    const { epoch } = await live.record();
    await changeRecord(fake.records)(live.request, (found) => ({
      ...found,
      ...{ epoch: epoch + 1, epochClaimedBy: 'somebody else' },
    }));
    release.open();
    fencing.open();
    expect(await drilled.result()).toMatchObject({ outcome: 'failed' });
    expect(await live.record()).toMatchObject({ epoch: epoch + 1, epochClaimedBy: 'somebody else' });
    expect(live.since().filter((act) => act.startsWith('hand over'))).toEqual([]);
  });
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
