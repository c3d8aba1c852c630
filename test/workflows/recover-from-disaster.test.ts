import type { BackupRound } from '../../contracts/backup';
import { backupScheduleId } from '../../contracts/backup-schedule';
import type { DeploymentRecord } from '../../contracts/record';
import { PlatformError } from '../../platforms/platform-error';
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
beforeEach(() => live.restore());

const latest = { kind: 'latest' } as const;
const backUp = (dryRun = false): Promise<BackupRound> =>
  fake.temporal.environment.client.workflow.execute('backUpData', {
    workflowId: `back-up-${Math.random()}`,
    taskQueue: fake.taskQueue,
    args: [{ application: live.request.application, environment: live.request.environment, dryRun }],
  });
/** no database of any region answers any more */
const loseAll = () => {
  for (const database of fake.cloud.databases.values()) database.fenced = true;
};

describe('a round of backups', () => {
  it('takes, restores and compares one backup of every store, and finds nothing wrong', async () => {
    const round = await backUp();
    expect(round.taken).toHaveLength(1);
    expect(round.findings).toEqual([]);
    expect(round.chains[0]?.backups[0]?.proof?.result).toBe('matches');
    expect((await backUp(true)).taken).toEqual([]);
  });

  it('says that a backup failed its restore, and that there is none', async () => {
    expect((await backUp(true)).findings).toMatchObject([{ severity: 'critical', message: 'orders has no backup' }]);
    await backUp();
    const [id = ''] = fake.cloud.backups.keys();
    fake.cloud.backups.set(id, {
      ...fake.cloud.backups.get(id)!,
      proof: { at: '', result: 'differs', restoreMs: 1, detail: '3 rows, the source held 4' },
    });
    const [finding] = (await backUp(true)).findings;
    expect(finding).toMatchObject({ severity: 'critical', message: expect.stringContaining('the source held 4') });
  });

  it('fails where a store could not be copied, so that it is seen', async () => {
    const error = new PlatformError('Platform.Refused', 'the bucket is full');
    fake.cloud.script.push({ call: 'takeBackup', times: 1, error });
    await expect(backUp()).rejects.toMatchObject({ cause: { message: expect.stringContaining('the bucket is full') } });
  });

  it('comes every six hours, never two at once, from the promotion on', async () => {
    const schedule = fake.temporal.environment.client.schedule.getHandle(backupScheduleId(live.request));
    const { spec, policies } = await schedule.describe();
    expect(spec.intervals?.map((interval) => interval.every)).toEqual([6 * 3_600_000]);
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 600_000 });
  });
});

describe('disaster recovery', () => {
  it('walks the five steps, restores, and makes the other regions anew', async () => {
    await backUp();
    loseAll();
    const { primary, others } = live;
    const report = await live.ask({ kind: 'restore', region: others[0], target: latest, reason: 'all is lost' });
    expect(report).toMatchObject({ outcome: 'done', left: [], undone: [] });
    const five = ['validate-secondary', 'decide', 'redirect-traffic', 'activate-services', 'fence', 'sync-data'];
    expect(report.phases.map(({ phase }) => phase).slice(0, 6)).toEqual(five);
    expect(report.receipts.map(({ region }) => region).sort()).toEqual([primary, ...others].sort());
    expect(await live.record()).toMatchObject({ primary: others[0], fenced: [], drained: [] });
    expect(live.since()).toContain(`restore ${others[0]}`);
    expect(report.evidence.map(({ measured }) => measured).join('\n')).toMatch(/recovered .* s after it was asked for/);
  });

  it('restores nothing while a database lives, unless time is to be turned back', async () => {
    await backUp();
    const refused = await live.ask({ kind: 'restore', region: live.primary, target: latest });
    expect(refused).toMatchObject({
      outcome: 'failed',
      summary: expect.stringContaining('holds more than any backup'),
    });
    expect(live.since().filter((act) => /fence|restore/.test(act))).toEqual([]);
    const back = await live.ask({ kind: 'restore', region: live.primary, target: latest, replaceLiving: true });
    expect(back).toMatchObject({ outcome: 'done', left: [] });
    expect(await live.record()).toMatchObject({ primary: live.primary, fenced: [] });
  });

  it('touches nothing without a backup', async () => {
    loseAll();
    const report = await live.ask({ kind: 'restore', region: live.primary, target: latest });
    expect(report).toMatchObject({ outcome: 'failed', summary: expect.stringContaining('complete ones: none') });
    expect(live.since()).toEqual([]);
  });

  it.each(['listBackups', 'status', 'fence', 'restore', 'shift', 'rejoin', 'drain'])(
    'gets over %s being away once, whether or not it happened',
    async (call) => {
      await backUp();
      loseAll();
      const error = new PlatformError('Platform.Unavailable', 'no answer');
      fake.cloud.script.push({ call, times: 1, error, after: true });
      const report = await live.ask({ kind: 'restore', region: live.others[1], target: latest });
      expect(report).toMatchObject({ outcome: 'done', left: [] });
      expect(await live.record()).toMatchObject({ primary: live.others[1], fenced: [] });
    },
  );

  it('lets the old primary write again when the restore is refused', async () => {
    await backUp();
    const error = new PlatformError('Platform.Refused', 'the backup is damaged');
    fake.cloud.script.push({ call: 'restore', times: 1, error });
    const report = await live.ask({ kind: 'restore', region: live.primary, target: latest, replaceLiving: true });
    expect(report).toMatchObject({ outcome: 'failed', summary: 'the backup is damaged' });
    expect(report.undone).toContain(`${live.primary} takes the writes again`);
    expect(fake.cloud.databases.get(live.primary)).toMatchObject({ role: 'primary', fenced: false });
    for (const region of live.others)
      expect(fake.cloud.databases.get(region)).toMatchObject({ role: 'standby', fenced: false });
    const { primary, drained, fenced = [] } = await live.record();
    expect({ primary, drained, fenced }).toEqual({ primary: live.primary, drained: [], fenced: [] });
    expect(report.left).toEqual([]);
  });

  it('is on record as a move from before the first store is restored, and not after its way back', async () => {
    await backUp();
    let moving: DeploymentRecord['moving'];
    fake.cloud.intercept = async ({ name }, act) => {
      if (name === 'restore') moving = (await live.record()).moving;
      return act();
    };
    const error = new PlatformError('Platform.Refused', 'the backup is damaged');
    fake.cloud.script.push({ call: 'restore', times: 1, error });
    await live.ask({ kind: 'restore', region: live.primary, target: latest, replaceLiving: true });
    expect(moving).toMatchObject({ to: live.primary, from: { orders: live.primary } });
    expect((await live.record()).moving).toBeUndefined();
  });

  it.each([0, 1])('that fails although the data is there never lets the old primary write again', async (nth) => {
    const to = [live.primary, live.others[0]][nth] ?? '';
    await live.restore(({ leases, epoch }) => {
      leases.set('orders', { holder: live.primary, epoch, automation: 'off' });
    });
    await backUp();
    const error = new PlatformError('Platform.Refused', 'its settings could not be written');
    fake.cloud.script.push({ call: 'restore', times: 1, error, after: true });
    const ask = () => live.ask({ kind: 'restore', region: to, target: latest, replaceLiving: true });
    const report = await ask();
    expect(report).toMatchObject({ outcome: 'failed', undone: [], after: { deployment: 'moving' } });
    expect(report.next).toEqual([expect.stringMatching(`meridian restore .* ${to} --replace`)]);
    expect(live.since().filter((act) => act.startsWith('rejoin'))).toEqual([]);
    await expect(live.begin({ kind: 'drain', region: live.others[1] })).rejects.toThrow();
    expect(await ask()).toMatchObject({ outcome: 'done', left: [] });
    expect((await live.record()).moving).toBeUndefined();
  });

  it('names what it could not bring back, and how', async () => {
    await backUp();
    const error = new PlatformError('Platform.Refused', 'no');
    fake.cloud.script.push({ call: 'restore', times: 1, error });
    fake.cloud.script.push({ call: 'rejoin', region: live.others[1], times: 1, error });
    const report = await live.ask({ kind: 'restore', region: live.primary, target: latest, replaceLiving: true });
    expect(report.left).toEqual([expect.stringContaining(`${live.others[1]}: no`)]);
    expect(report.next).toEqual([expect.stringMatching(`meridian rejoin .* ${live.others[1]}`)]);
    expect(fake.cloud.databases.get(live.others[0])).toMatchObject({ role: 'standby', fenced: false });
  });

  it('stops nothing when one of the standbys cannot be fenced', async () => {
    await backUp();
    const error = new PlatformError('Platform.Refused', 'cannot be fenced');
    fake.cloud.script.push({ call: 'fence', region: live.others[1], times: 1, error });
    const report = await live.ask({ kind: 'restore', region: live.primary, target: latest, replaceLiving: true });
    expect(report).toMatchObject({ outcome: 'failed', summary: 'cannot be fenced' });
    expect(live.since()).not.toContain(`fence ${live.primary}`);
    expect(fake.cloud.databases.get(live.others[0])).toMatchObject({ role: 'standby', fenced: false });
  });

  it.each([
    ['before the oldest backup', () => new Date(0).toISOString(), /not one before 1970.*complete ones: /],
    ['yet to come', () => new Date(Date.now() + 3_600_000).toISOString(), /is yet to come; valid: a time until/],
  ])('touches nothing for a time that is %s', async (_when, at, words) => {
    await backUp();
    const target = { kind: 'time' as const, at: at() };
    const before = live.since();
    const report = await live.ask({ kind: 'restore', region: live.primary, target, replaceLiving: true });
    expect(report).toMatchObject({ outcome: 'failed', summary: expect.stringMatching(words), receipts: [] });
    expect(live.since()).toEqual(before);
  });

  it('restores the very backup that its evidence names', async () => {
    await backUp();
    const [proven = ''] = fake.cloud.backups.keys();
    fake.cloud.backups.set('newer', { ...fake.cloud.backups.get(proven)!, id: 'newer', proof: undefined });
    loseAll();
    const report = await live.ask({ kind: 'restore', region: live.primary, target: latest });
    const seen = report.evidence.map(({ measured }) => measured);
    expect(seen[0]).toContain(`backup ${proven} of`);
    expect(seen.join('\n')).toContain(`backup ${proven} and the log`);
  });

  it('says how to go on when it breaks off after the data is restored', async () => {
    await backUp();
    loseAll();
    const error = new PlatformError('Platform.Refused', 'no such record');
    fake.cloud.script.push({ call: 'shift', times: 1, error });
    const to = live.others[0];
    const report = await live.ask({ kind: 'restore', region: to, target: latest });
    expect(report).toMatchObject({
      outcome: 'failed',
      left: [expect.stringContaining('the traffic has not followed')],
    });
    expect(report.next).toEqual([expect.stringMatching(`meridian promote-region .* ${to}`)]);
    expect(fake.cloud.databases.get(to)).toMatchObject({ role: 'primary', fenced: false });
    expect(await live.record()).toMatchObject({ primary: to, moving: { to } });
  });
});
