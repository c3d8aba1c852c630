import { changeRecord } from '../../activities/records';
import type { Automation } from '../../contracts/failover';
import { abortUpdate, progressQuery } from '../../contracts/messages';
import type { DeploymentRecord } from '../../contracts/record';
import { acknowledgeAlertUpdate, alertsQuery } from '../../contracts/watch-messages';
import { openAlerts } from '../../policies/health/alert-book';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { goLive, type LiveFake } from '../support/live-fake';
import { startWatch, type WatchedFake } from '../support/watched-deployment';

jest.setTimeout(120_000);

let fake: FakeDeployments;
let live: LiveFake;
let watch: WatchedFake;
beforeAll(async () => {
  // by default the server looks at its timers once a second: a skip would take as long
  fake = await startFakeDeployments({ dynamicConfig: ['history.timerProcessorMaxTimeShift="20ms"'] });
  live = await goLive(fake);
});
afterAll(() => fake.stop());
beforeEach(async () => {
  await live.restore();
  watch = await startWatch(fake, live);
});
afterEach(() => watch.end());

const change = (next: (record: DeploymentRecord) => DeploymentRecord) => changeRecord(fake.records)(live.request, next);
const automate = (automation: Automation) =>
  change((record) => {
    const next = structuredClone(record);
    if (next.live) next.live.request.recovery.automation = automation;
    return next;
  });
const keys = async () => openAlerts(await watch.alerts()).map(({ key }) => key);
const levels = async () =>
  Object.fromEntries((await watch.matrix()).regions.map((one) => [one.region, one.alertLevel]));
const until = async (what: string, look: () => Promise<boolean> | boolean) => {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not happen: ${JSON.stringify(await watch.matrix(), undefined, 1)}`);
};

/** Lets checks be made while the deployment carries out what it was asked for, which takes real time. */
async function checksUntil(what: string, look: () => Promise<boolean> | boolean) {
  await until(what, async () => {
    await watch.checks(1);
    return look();
  });
}

it('a healthy deployment is green, and nobody is told anything', async () => {
  const matrix = await watch.checks(12);
  expect(await levels()).toEqual(Object.fromEntries([live.primary, ...live.others].map((region) => [region, 'green'])));
  expect(matrix).toMatchObject({ primary: live.primary, writer: 'record', automation: 'automatic', triggers: [] });
  expect(matrix.regions.map(({ role, intervalSeconds, threshold }) => [role, intervalSeconds, threshold])).toEqual([
    ['primary', 30, 95],
    ['successor', 60, 90],
    ['successor', 120, 85],
  ]);
  expect(matrix.regions[0]).toMatchObject({ overallHealth: 100, breaker: 'closed', services: { length: 3 } });
  expect(matrix.regions[1]).toMatchObject({ overallHealth: 100, services: { length: 4 } });
  expect(await watch.alerts()).toEqual({ alerts: [], notices: [], count: 0 });
  // the intervals are kept: the primary 30 s, the third 120 s
  const asked = await eventsOf('checkRegions');
  const [first, second, third] = matrix.regions.map(({ region }) => asked.filter((one) => one.includes(region)).length);
  expect([first, second, third]).toEqual([12, 6, 3]);
});

/** Regions that each check after the first was asked about. */
async function eventsOf(activity: string): Promise<string[][]> {
  const { events } = await watch.handle.fetchHistory();
  return (events ?? [])
    .map(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled)
    .filter((scheduled) => scheduled?.activityType?.name === activity)
    .map((scheduled) => JSON.parse(Buffer.from(scheduled?.input?.payloads?.[0]?.data ?? '').toString()).regions)
    .slice(1);
}

describe('a primary that is lost', () => {
  it('is replaced by the deployment, which is asked once; people are told at once, and when it is over', async () => {
    const [next] = live.others;
    fake.cloud.sick.add(live.primary);
    await watch.checks(2);
    expect((await watch.matrix()).decisions).toEqual([]);
    await checksUntil('the failover', async () => (await live.record()).primary === next);
    await checksUntil('the news of it', async () => (await watch.matrix()).primary === next);
    expect(fake.cloud.acts).toEqual(expect.arrayContaining([`fence ${live.primary}`, `promote ${next}`]));
    const { decisions } = await watch.matrix();
    expect(decisions).toMatchObject([{ kind: 'fail-over', region: live.primary, to: next, outcome: 'asked' }]);
    const { notices, alerts } = await watch.alerts();
    const told = notices.map((notice) => alerts.find(({ id }) => id === notice.alerts[0])?.key);
    expect(told[0]).toBe(`down/${live.primary}`);
    fake.cloud.sick.clear();
    await checksUntil('calm', async () => !(await keys()).includes(`down/${live.primary}`));
    // it stays out until it has rejoined, and that is said
    expect(await keys()).toContain(`fenced/${live.primary}`);
  });

  it('is proposed, with an approval to decide, where the request says so', async () => {
    await automate('propose');
    fake.cloud.sick.add(live.primary);
    await checksUntil('the proposal', async () => (await watch.matrix()).decisions.length > 0);
    const [decision] = (await watch.matrix()).decisions;
    expect(decision).toMatchObject({ kind: 'fail-over', outcome: 'proposed' });
    expect(decision?.detail).toMatch(/^meridian approve promote-region\//);
    await watch.checks(3);
    expect((await live.record()).primary).toBe(live.primary);
    expect(openAlerts(await watch.alerts()).find(({ key }) => key.startsWith('wanted/'))).toMatchObject({
      severity: 'critical',
      next: decision?.detail,
    });
    // nobody is to say yes any more to what nobody needs any more
    const proposal = fake.temporal.environment.client.workflow.getHandle(decision?.workflowId ?? '');
    fake.cloud.sick.clear();
    await checksUntil('calm', async () => !(await keys()).some((key) => key.startsWith('wanted/')));
    expect(await proposal.result()).toMatchObject({ outcome: 'stood-down', approvals: [{ state: 'void' }] });
  });

  it('is proposed again when nobody has decided in time', async () => {
    await automate('propose');
    fake.cloud.sick.add(live.primary);
    const proposals = async () =>
      (await watch.matrix()).decisions
        .filter(({ outcome }) => outcome === 'proposed')
        .map(({ workflowId = '' }) => workflowId);
    await checksUntil('the proposal', async () => (await proposals()).length > 0);
    const [first = ''] = await proposals();
    const proposal = fake.temporal.environment.client.workflow.getHandle(first);
    await until('the question', async () => {
      const { approval } = await proposal.query(progressQuery, { sinceSeq: 0 }).catch(() => ({ approval: undefined }));
      return approval?.state === 'waiting';
    });
    await watch.skip(1, first);
    expect(await proposal.result()).toMatchObject({ outcome: 'rejected', failure: { type: 'Approval.Expired' } });
    await checksUntil('the second proposal', async () => (await proposals()).length === 2);
    const [, second = ''] = await proposals();
    expect(openAlerts(await watch.alerts()).find(({ key }) => key.startsWith('wanted/'))).toMatchObject({
      severity: 'critical',
      next: `meridian approve ${second}`,
    });
    expect(second).not.toBe(first);
    await fake.temporal.environment.client.workflow
      .getHandle(second)
      .executeUpdate(abortUpdate, { args: [{ by: 'ada', reason: 'the test is over' }] });
  });
});

it('a new watch asks anew: what the deployment answered to the one before is no answer to it', async () => {
  const [, lost] = live.others;
  const lose = async () => {
    fake.cloud.sick.add(lost);
    await checksUntil('the drain', () => fake.cloud.drained.includes(lost));
  };
  await lose();
  await watch.end();
  await live.restore();
  watch = await startWatch(fake, live);
  await lose();
  expect((await watch.matrix()).decisions).toMatchObject([{ kind: 'drain', outcome: 'asked' }]);
});

it('a standby that is lost is drained, and returned after ten good minutes', async () => {
  const [, lost] = live.others;
  fake.cloud.sick.add(lost);
  await checksUntil('the drain', () => fake.cloud.drained.includes(lost));
  fake.cloud.sick.clear();
  await watch.checks(10);
  expect(fake.cloud.drained).toEqual([lost]);
  await checksUntil('the return', () => fake.cloud.drained.length === 0);
  await checksUntil('the news of it', async () => (await watch.matrix()).regions.every(({ drained }) => !drained));
  expect((await watch.matrix()).decisions.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
    'drain asked',
    'return asked',
  ]);
});

it('a region that flaps is drained once, and does not return before it is calm', async () => {
  const [, lost] = live.others;
  for (let round = 0; round < 6; round += 1) {
    fake.cloud.sick.add(lost);
    await watch.checks(4);
    fake.cloud.sick.clear();
    await watch.checks(4);
  }
  const { decisions } = await watch.matrix();
  expect(decisions.filter(({ outcome }) => outcome === 'asked').map(({ kind }) => kind)).toEqual(['drain']);
});

it('what cannot be seen is unknown: nothing is decided, a warning is collected', async () => {
  for (const region of [live.primary, ...live.others]) watch.blind.add(region);
  await watch.checks(10);
  expect(new Set(Object.values(await levels()))).toEqual(new Set(['unknown']));
  const { decisions, regions, triggers } = await watch.matrix();
  expect({ decisions, triggers }).toEqual({ decisions: [], triggers: [] });
  expect(regions[0]?.services.find(({ service }) => service === 'compute')).toEqual({
    service: 'compute',
    detail: 'the network is away',
  });
  expect((await watch.alerts()).notices).toEqual([]);
  await watch.checks(30);
  expect((await watch.alerts()).notices).toMatchObject([
    { kind: 'opened', severity: 'warning', alerts: { length: 3 } },
  ]);
  watch.blind.clear();
  await watch.checks(4);
  expect(await keys()).toEqual([]);
  expect((await watch.matrix()).decisions).toEqual([]);
});

it('where the platform keeps leases, its own failover is written down and nothing is promoted', async () => {
  const [next] = live.others;
  const { epoch } = await live.record();
  fake.cloud.leases.set('orders', { holder: live.primary, epoch, automation: 'automatic' });
  fake.cloud.sick.add(live.primary);
  await watch.checks(6);
  expect((await watch.matrix()).decisions).toEqual([]);
  fake.cloud.leases.set('orders', { holder: next, epoch: epoch + 1, automation: 'automatic' });
  await checksUntil('the record', async () => (await live.record()).primary === next);
  expect(fake.cloud.acts.filter((act) => act.startsWith('promote') || act.startsWith('fence'))).toEqual([]);
  expect((await live.record()).epoch).toBeGreaterThan(epoch);
  expect((await watch.matrix()).writer).toBe('lease');
});

it('where a switchover has claimed its epoch in vain, a failover of the platform is still noticed', async () => {
  const [next] = live.others;
  const { epoch } = await live.record();
  fake.cloud.leases.set('orders', { holder: live.primary, epoch, automation: 'automatic' });
  await change((record) => ({ ...record, epoch: epoch + 1 }));
  await watch.checks(3);
  fake.cloud.leases.set('orders', { holder: next, epoch: epoch + 1, automation: 'automatic' });
  await checksUntil('the record', async () => (await live.record()).primary === next);
  expect((await watch.matrix()).decisions).toMatchObject([{ kind: 'record', region: live.primary, to: next }]);
});

it('while an operation is under way, another holder is its doing', async () => {
  const [next] = live.others;
  const { epoch } = await live.record();
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { intercept } = fake.cloud;
  fake.cloud.intercept = async (call, act) => {
    if (call.name === 'drain') await held;
    return intercept?.(call, act);
  };
  const switchover = await live.begin({ kind: 'switchover', region: next });
  await until('the drain', () => (fake.cloud.calls.get('drain') ?? 0) > 0);
  fake.cloud.leases.set('orders', { holder: next, epoch, automation: 'automatic' });
  await watch.checks(6);
  expect((await watch.matrix()).decisions).toEqual([]);
  fake.cloud.leases.set('orders', { holder: live.primary, epoch, automation: 'automatic' });
  letGo();
  await switchover.result();
});

it('leases that cannot be read promote nobody', async () => {
  await watch.end();
  watch = await startWatch(fake, live, { leasesAway: true });
  fake.cloud.sick.add(live.primary);
  await watch.checks(6);
  expect((await watch.matrix()).decisions).toMatchObject([
    { kind: 'fail-over', outcome: 'held', detail: expect.stringContaining('the lease store is away') },
  ]);
  expect((await watch.matrix()).notes).toContainEqual(expect.stringContaining('the leases cannot be read'));
  expect(fake.cloud.acts).toEqual([]);
});

it('a critical alert is acknowledged by name, once; until then it escalates', async () => {
  await automate('off');
  fake.cloud.sick.add(live.primary);
  await watch.checks(4);
  const [alert] = openAlerts(await watch.alerts());
  expect(alert).toMatchObject({ key: `down/${live.primary}`, severity: 'critical', toldAt: expect.any(String) });
  await watch.checks(35);
  const escalated = async () => (await watch.alerts()).notices.filter(({ kind }) => kind === 'escalated').length;
  expect(await escalated()).toBe(1);
  const acknowledge = (alertId: string, by: string) =>
    watch.handle.executeUpdate(acknowledgeAlertUpdate, { args: [{ alertId, by }] });
  expect((await acknowledge(alert!.id, 'mira')).acknowledged?.by).toBe('mira');
  expect((await acknowledge(alert!.id, 'leo')).acknowledged?.by).toBe('mira');
  await expect(acknowledge('a99', 'leo')).rejects.toMatchObject({
    cause: { message: `alert a99 is not known here; open are ${alert!.id}` },
  });
  await expect(acknowledge(alert!.id, 'two\nlines')).rejects.toMatchObject({
    cause: { message: 'by: must be one line of text' },
  });
  await watch.checks(70);
  expect(await escalated()).toBe(1);
});

it('memory survives a new worker and a fresh run; no run is long', async () => {
  fake.cloud.sick.add(live.others[1]);
  await watch.checks(4);
  const alertsBefore = (await watch.alerts()).alerts.map(({ id, key }) => `${id} ${key}`);
  expect(alertsBefore.length).toBeGreaterThan(0);
  await fake.restartWorker();
  await watch.checks(1);
  expect((await watch.alerts()).alerts.map(({ id, key }) => `${id} ${key}`)).toEqual(
    expect.arrayContaining(alertsBefore),
  );
  const { runId } = await watch.handle.describe();
  const before = await watch.checks(1);
  const { historyLength: start = 0 } = await watch.handle.describe();
  await watch.checks(100);
  const perCheck = ((await watch.handle.describe()).historyLength - start) / 100;
  expect(perCheck).toBeLessThan(14);
  for (let rounds = 0; rounds < 20 && (await watch.handle.describe()).runId === runId; rounds += 1)
    await watch.checks(20);
  expect((await watch.handle.describe()).runId).not.toBe(runId);
  const after = await watch.matrix();
  expect(after.checks).toBeGreaterThan(before.checks);
  expect(after.decisions.slice(0, before.decisions.length)).toEqual(before.decisions);
  const { client } = fake.temporal.environment;
  const ended = await client.workflow.getHandle(watch.handle.workflowId, runId).describe();
  expect(ended.historyLength).toBeLessThan(2_100);
});

it('ends when nothing is live any more', async () => {
  await change(({ live: _live, ...record }) => record);
  await watch.skip(1);
  await watch.handle.result();
  expect((await watch.handle.query(alertsQuery)).alerts).toEqual([]);
});
