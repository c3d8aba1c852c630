import { readFileSync } from 'node:fs';
import { changeRecord } from '../../activities/records';
import type { Approval } from '../../contracts/approval';
import { decideApprovalUpdate, progressQuery } from '../../contracts/messages';
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

const refused = () => new PlatformError('Platform.Refused', 'the provider says no');
const away = () => new PlatformError('Platform.Unavailable', 'no answer');
const fails = (call: string, more: { region?: string; after?: boolean; times?: number; error?: PlatformError } = {}) =>
  fake.cloud.script.push({ call, times: 1, error: refused(), ...more });

/** Everybody answers, the old primary writes, and the record says so. */
async function expectAsBefore() {
  const { primary } = live;
  expect(await live.record()).toMatchObject({ primary, drained: [] });
  expect((await live.record()).fenced ?? []).toEqual([]);
  expect(fake.cloud.drained).toEqual([]);
  const roles = [...fake.cloud.databases.values()].map(({ region, role, fenced }) => ({ region, role, fenced }));
  expect(roles).toEqual(
    [primary, ...live.others].map((region) => ({
      region,
      role: region === primary ? 'primary' : 'standby',
      fenced: false,
    })),
  );
}

describe('switchover', () => {
  it('hands over in order, keeps the old primary as a standby, and says what it saw', async () => {
    const { primary, others } = live;
    const [to] = others;
    const report = await live.ask({ kind: 'switchover', region: to, reason: 'maintenance' });
    expect(report).toMatchObject({ outcome: 'done', reason: 'maintenance', requester: 'ada', undone: [], left: [] });
    const phases = ['ready', 'drain', 'catch-up', 'hand-over', 'shift', 'verify', 'rejoin', 'shift'];
    expect(report.phases.map(({ phase }) => phase)).toEqual(phases);
    const acts = [`drain ${primary}`, `hand over to ${to}`, `shift ${to}`, `rejoin ${primary}`, `shift ${to}`];
    expect(live.since()).toEqual(acts);
    expect(report.receipts).toMatchObject([{ kind: 'stopped-cleanly', region: primary }]);
    expect(report.before).toMatchObject({ primary, deployment: 'live' });
    expect(report.after).toMatchObject({ primary: to, deployment: 'live' });
    expect(await live.record()).toMatchObject({ primary: to, drained: [], fenced: [] });
    expect((await live.record()).operations?.at(-1)).toMatchObject({ kind: 'switchover', outcome: 'done' });
  });

  // `after`: it happened, only the answer is lost
  it.each([
    ['drain', false],
    ['drain', true],
    ['handOver', false],
    ['handOver', true],
    ['shift', false],
    ['shift', true],
    ['writeAndRead', false],
  ])('takes the whole way back when %s is refused (after it happened: %s)', async (call, after) => {
    fails(call, { after });
    const report = await live.ask({ kind: 'switchover', region: live.others[0] });
    expect(report).toMatchObject({ outcome: 'failed', left: [] });
    await expectAsBefore();
  });

  it.each(['drain', 'status', 'handOver', 'shift', 'writeAndRead', 'rejoin', 'probe'])(
    'gets over %s being away once',
    async (call) => {
      fails(call, { error: away(), after: true });
      expect(await live.ask({ kind: 'switchover', region: live.others[0] })).toMatchObject({
        outcome: 'done',
        left: [],
      });
    },
  );

  it('stands when only the old primary cannot become a standby: it is fenced, and rejoin is next', async () => {
    const { primary, others } = live;
    fails('rejoin', { region: primary });
    const report = await live.ask({ kind: 'switchover', region: others[0] });
    expect(report).toMatchObject({ outcome: 'done', left: [expect.stringContaining(primary)] });
    expect(report.next).toEqual([expect.stringMatching(`meridian rejoin .* ${primary}`)]);
    expect(await live.record()).toMatchObject({
      primary: others[0],
      drained: [primary],
      fenced: [{ region: primary }],
    });
    expect(await live.ask({ kind: 'rejoin', region: primary })).toMatchObject({ outcome: 'done' });
    expect(await live.record()).toMatchObject({ drained: [], fenced: [] });
  });

  it('is nothing to do where the writes are, and refused at once for what the table does not allow', async () => {
    const { primary, others } = live;
    const already = await live.ask({ kind: 'switchover', region: primary });
    expect(already).toMatchObject({ outcome: 'nothing-to-do', summary: `${primary} takes the writes already` });
    const cause = { cause: { message: expect.stringContaining('eu-north-1 is no region of') } };
    await expect(live.begin({ kind: 'switchover', region: 'eu-north-1' })).rejects.toMatchObject(cause);
    await live.ask({ kind: 'drain', region: others[0] });
    const drained = { cause: { message: expect.stringContaining('let it answer again first') } };
    await expect(live.begin({ kind: 'switchover', region: others[0] })).rejects.toMatchObject(drained);
  });
});

describe('drain and undrain', () => {
  it('take a standby out of answering and return it', async () => {
    const [region] = live.others;
    expect(await live.ask({ kind: 'drain', region })).toMatchObject({ outcome: 'done' });
    expect(await live.record()).toMatchObject({ drained: [region] });
    expect(await live.ask({ kind: 'drain', region })).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await live.ask({ kind: 'undrain', region })).toMatchObject({ outcome: 'done' });
    await expectAsBefore();
  });

  it('leave the primary alone: its writes move first', async () => {
    const cause = { cause: { message: expect.stringContaining('move them first') } };
    await expect(live.begin({ kind: 'drain', region: live.primary })).rejects.toMatchObject(cause);
  });

  it('put back what was when the platform refuses half-way', async () => {
    fails('drain', { after: true });
    expect(await live.ask({ kind: 'drain', region: live.others[0] })).toMatchObject({ outcome: 'failed', left: [] });
    await expectAsBefore();
  });
});

describe('promote-region', () => {
  it('promotes after a receipt, keeps the old primary out until it rejoins, and saves what only it held', async () => {
    const { primary, others } = live;
    const report = await live.ask({ kind: 'promote-region', region: others[1], reason: 'the region burns' });
    expect(report).toMatchObject({ outcome: 'done', receipts: [{ kind: 'processes-gone', region: primary }] });
    expect(live.since()).toEqual([`fence ${primary}`, `promote ${others[1]}`, `shift ${others[1]}`]);
    const record = await live.record();
    expect(record).toMatchObject({ primary: others[1], drained: [primary], fenced: [{ region: primary }] });
    expect(record.failovers).toMatchObject([{ from: primary, to: others[1], by: 'ada', epoch: record.epoch }]);
    const row = { table: 'orders', key: '{"id":7}', old: { id: 7, note: 'only here' } };
    fake.cloud.divergence.set(primary, { rows: [row], kept: 'orders.old', complete: true });
    const rejoined = await live.ask({ kind: 'rejoin', region: primary });
    expect(rejoined).toMatchObject({ outcome: 'done', summary: expect.stringContaining('1 rows') });
    const saved = rejoined.documents.find(({ name }) => name === 'divergence-orders.ndjson');
    expect(JSON.parse(readFileSync(new URL(saved?.artifact.uri ?? ''), 'utf8'))).toEqual(row);
    expect(await live.record()).toMatchObject({ primary: others[1], drained: [], fenced: [] });
  });

  it('promotes nothing without proof, and with a named acceptance of the risk says who and until when', async () => {
    const { primary, others } = live;
    const cannotProve = () => fails('fence', { error: away(), times: 100 });
    cannotProve();
    const report = await live.ask({ kind: 'promote-region', region: others[0] });
    expect(report).toMatchObject({ outcome: 'failed', failure: { type: 'Platform.Unavailable', region: primary } });
    expect(report.next).toEqual([expect.stringContaining('--accept-risk')]);
    expect(live.since().filter((act) => act.startsWith('promote'))).toEqual([]);
    await expectAsBefore();
    await live.restore();
    cannotProve();
    const until = new Date(Date.now() + 600_000).toISOString();
    const acceptRisk = { until, reason: 'the region is under water' };
    const accepted = await live.ask({ kind: 'promote-region', region: others[0], acceptRisk });
    expect(accepted).toMatchObject({ outcome: 'done', receipts: [{ kind: 'risk-accepted', region: primary }] });
    expect(accepted.receipts[0]?.detail).toBe(`accepted by ada until ${until}: the region is under water`);
    expect(await live.record()).toMatchObject({ primary: others[0], fenced: [{ region: primary }] });
  });

  it('does not promote on a risk that was accepted until a time that is over', async () => {
    fails('fence', { error: away(), times: 100 });
    const acceptRisk = { until: new Date(Date.now() - 1_000).toISOString(), reason: 'too late' };
    const report = await live.ask({ kind: 'promote-region', region: live.others[0], acceptRisk });
    expect(report).toMatchObject({ outcome: 'rejected', summary: expect.stringContaining('it is later') });
    await expectAsBefore();
  });

  it('touches nothing for a risk that is accepted for longer than a day', async () => {
    const acceptRisk = { until: new Date(Date.now() + 25 * 3_600_000).toISOString(), reason: 'for ever' };
    const report = await live.ask({ kind: 'promote-region', region: live.others[0], acceptRisk });
    const refused = { type: 'Request.Invalid', message: expect.stringContaining('more than 24 hours from now') };
    expect(report).toMatchObject({ outcome: 'failed', failure: refused, receipts: [] });
    expect(live.since()).toEqual([]);
  });

  it('gives a proof the time that a cloud needs for its four steps of twenty minutes', async () => {
    const handle = await live.begin({ kind: 'promote-region', region: live.others[0] });
    await handle.result();
    const { events = [] } = await handle.fetchHistory();
    const fences = (events ?? [])
      .map(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled)
      .filter((scheduled) => scheduled?.activityType?.name === 'fenceDatabase');
    expect(fences.map((scheduled) => Number(scheduled?.startToCloseTimeout?.seconds))).toEqual([2 * 3_600]);
  });

  it('lets the old primary come back when nobody could be promoted', async () => {
    fails('promote', { times: 8 });
    const report = await live.ask({ kind: 'promote-region', region: live.others[0] });
    expect(report).toMatchObject({ outcome: 'failed', undone: [`${live.primary} takes the writes again`], left: [] });
    await expectAsBefore();
  });

  it('that never happened, and is asked for again, has its way back like a new one', async () => {
    const { primary, others } = live;
    await changeRecord(fake.records)(live.request, (found) => ({
      ...found,
      moving: { to: others[0], from: { orders: primary }, since: new Date().toISOString() },
    }));
    fails('promote', { times: 8 });
    const report = await live.ask({ kind: 'promote-region', region: others[0] });
    expect(report).toMatchObject({ outcome: 'failed', undone: [`${primary} takes the writes again`], left: [] });
    await expectAsBefore();
    expect((await live.record()).moving).toBeUndefined();
  });

  it('does not say that the old primary writes again when another has taken its lease meanwhile', async () => {
    const { primary, others } = live;
    await live.restore(({ leases, epoch }) => {
      leases.set('orders', { holder: primary, epoch, automation: 'automatic' });
    });
    fake.cloud.intercept = async ({ name }, act) => {
      if (name !== 'promote') return act();
      Object.assign(fake.cloud.leases.get('orders') ?? {}, { holder: others[1], epoch: fake.cloud.epoch });
      throw refused();
    };
    const report = await live.ask({ kind: 'promote-region', region: others[0] });
    expect(report).toMatchObject({ outcome: 'failed', undone: [] });
    expect(report.left).toEqual([expect.stringContaining(`${others[1]} takes the writes of orders, not ${primary}`)]);
    expect(await live.record()).toMatchObject({ primary, moving: { to: others[0] } });
  });

  it.each(['fence', 'promote', 'shift', 'writeAndRead'])('gets over %s being away once', async (call) => {
    fails(call, { error: away(), after: true });
    const report = await live.ask({ kind: 'promote-region', region: live.others[0] });
    expect(report).toMatchObject({ outcome: 'done', left: [] });
  });
});

describe('a move beyond its point of no return', () => {
  const name = () => `${live.request.application}/${live.request.environment}`;
  const promote = () => live.ask({ kind: 'promote-region', region: live.others[0] });

  async function expectMoved() {
    const { primary, others } = live;
    const record = await live.record();
    expect(record).toMatchObject({ primary: others[0], drained: [primary], fenced: [{ region: primary }] });
    expect(record.moving).toBeUndefined();
    expect(fake.cloud.drained).toEqual([primary]);
  }

  it('names what is undone and the command that goes on, lets nothing else begin, and goes on with that command', async () => {
    const { primary, others } = live;
    fails('shift');
    const report = await promote();
    expect(report).toMatchObject({
      outcome: 'failed',
      undone: [],
      after: { deployment: 'moving', primary: others[0] },
    });
    expect(report.left).toEqual([expect.stringContaining('the traffic has not followed')]);
    expect(report.next).toEqual([`meridian promote-region ${name()} ${others[0]}`]);
    const refusal = { cause: { message: expect.stringContaining(report.next[0] ?? '') } };
    for (const kind of ['rejoin', 'drain'] as const)
      await expect(live.begin({ kind, region: kind === 'drain' ? others[1] : primary })).rejects.toMatchObject(refusal);
    expect(await promote()).toMatchObject({ outcome: 'done', left: [] });
    await expectMoved();
    expect(live.since().filter((act) => act.startsWith('promote'))).toEqual([`promote ${others[0]}`]);
    expect(await promote()).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await live.ask({ kind: 'rejoin', region: primary })).toMatchObject({ outcome: 'done' });
  });

  it('may go to a third region when the second is lost, too', async () => {
    const { primary, others } = live;
    fails('shift');
    await promote();
    expect(await live.ask({ kind: 'promote-region', region: others[1] })).toMatchObject({ outcome: 'done' });
    const record = await live.record();
    expect(record).toMatchObject({ primary: others[1], fenced: [{ region: primary }, { region: others[0] }] });
    expect([...record.drained].sort()).toEqual([primary, others[0]].sort());
  });

  it('is ended by record-failover as well', async () => {
    fails('shift');
    await promote();
    expect(await live.ask({ kind: 'record-failover' })).toMatchObject({ outcome: 'done', left: [] });
    await expectMoved();
  });

  it('is not broken off by a cancellation, which ends it before that point', async () => {
    for (const [call, outcome] of [
      ['fence', 'stood-down'],
      ['promote', 'done'],
    ] as const) {
      await live.restore();
      const { reached, release } = hold(call);
      const handle = await live.begin({ kind: 'promote-region', region: live.others[0] });
      await reached;
      await handle.cancel();
      await new Promise((resolve) => setTimeout(resolve, 300));
      release();
      expect(await handle.result()).toMatchObject({ outcome, left: [] });
      await (outcome === 'done' ? expectMoved() : expectAsBefore());
    }
  });

  it('goes on when only the answer of the promotion was lost', async () => {
    fails('promote', { after: true });
    expect(await promote()).toMatchObject({ outcome: 'done', left: [] });
    await expectMoved();
  });

  it('never lets the old primary write again while nobody can tell whether another does', async () => {
    fails('promote', { after: true });
    let isPromoted = false;
    fake.cloud.intercept = async ({ name: call }, act) => {
      if (call === 'promote') isPromoted = true;
      if (isPromoted && call === 'status') throw refused();
      return act();
    };
    const report = await promote();
    expect(report).toMatchObject({ outcome: 'failed', undone: [] });
    expect(report.next).toEqual([`meridian promote-region ${name()} ${live.others[0]}`]);
    expect(live.since().filter((act) => act.startsWith('rejoin'))).toEqual([]);
    fake.cloud.intercept = undefined;
    expect(await promote()).toMatchObject({ outcome: 'done', left: [] });
    await expectMoved();
  });

  it('says what is next when only the check of the writes failed', async () => {
    fails('writeAndRead');
    const report = await promote();
    expect(report).toMatchObject({ outcome: 'failed', next: [`meridian rejoin ${name()} ${live.primary}`] });
    expect(report.left).toEqual([expect.stringContaining('was not seen')]);
    await expectMoved();
  });
});

describe('record-failover', () => {
  it('takes over who writes, the epoch and the history, once', async () => {
    const { primary, others } = live;
    await live.restore((cloud) => tookOver(cloud, 'orders', primary, others[0], 7));
    const report = await live.ask({ kind: 'record-failover' });
    expect(report).toMatchObject({ outcome: 'done', before: { deployment: 'diverged' } });
    const record = await live.record();
    expect(record).toMatchObject({ primary: others[0], epoch: 7, drained: [primary], fenced: [{ region: primary }] });
    expect(record.failovers).toMatchObject([{ store: 'orders', from: primary, to: others[0], epoch: 7 }]);
    expect(await live.ask({ kind: 'record-failover' })).toMatchObject({ outcome: 'nothing-to-do' });
    expect((await live.record()).failovers).toHaveLength(1);
  });

  it('is asked for before anything else while the record is behind', async () => {
    const { primary, others } = live;
    await live.restore((cloud) => tookOver(cloud, 'orders', primary, others[0], 7));
    const report = await live.ask({ kind: 'switchover', region: others[1] });
    expect(report).toMatchObject({ outcome: 'refused', summary: expect.stringContaining('--record') });
    expect(live.since()).toEqual([]);
  });

  it('that broke off before the traffic followed goes on when it is asked for again', async () => {
    const { primary, others } = live;
    await live.restore((cloud) => tookOver(cloud, 'orders', primary, others[0], 7));
    fails('shift');
    const report = await live.ask({ kind: 'record-failover' });
    expect(report).toMatchObject({ outcome: 'failed', left: [expect.stringContaining('traffic has not followed')] });
    expect(report.next).toEqual([expect.stringMatching(/^meridian failovers .* --record$/)]);
    expect(await live.ask({ kind: 'record-failover' })).toMatchObject({ outcome: 'done', left: [] });
    expect(await live.record()).toMatchObject({ primary: others[0], drained: [primary] });
    expect((await live.record()).moving).toBeUndefined();
  });

  it.each(['takeovers', 'shift', 'writeAndRead'])('gets over %s being away once', async (call) => {
    const { primary, others } = live;
    await live.restore((cloud) => tookOver(cloud, 'orders', primary, others[0], 7));
    fails(call, { error: away(), after: true });
    expect(await live.ask({ kind: 'record-failover' })).toMatchObject({ outcome: 'done' });
  });
});

/** Sentinels have acted: the lease of a store is elsewhere, at a newer epoch. */
function tookOver(cloud: FakeDeployments['cloud'], store: string, from: string, to: string, epoch: number) {
  cloud.epoch = epoch;
  cloud.leases.set(store, { holder: to, epoch, automation: 'automatic' });
  const fence = { kind: 'lease-expired', region: from, epoch, at: new Date().toISOString(), detail: 'silent' } as const;
  const at = new Date().toISOString();
  cloud.takeovers.push({ store, from, to, epoch, at, phases: [{ phase: 'detect', ms: 900 }], fence });
  const [old, next] = [cloud.databases.get(from), cloud.databases.get(to)];
  if (old && next) {
    Object.assign(old, { role: 'standby', fenced: true });
    next.role = 'primary';
  }
}

/** Lets the first call of a name act, and keeps its answer back. */
function hold(call: string): { reached: Promise<void>; release: () => void } {
  let [release, isHeld] = [() => {}, () => {}];
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    isHeld = resolve;
  });
  fake.cloud.intercept = async ({ name, nth }, act) => {
    const result = await act();
    if (name !== call || nth > 1) return result;
    isHeld();
    await held;
    return result;
  };
  return { reached, release };
}

async function until(is: () => Promise<boolean | undefined>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('never happened');
}

describe('an emergency', () => {
  it('makes a switchover stand down at its next safe point, with its way back taken, and goes first', async () => {
    const { primary, others } = live;
    const { reached, release } = hold('drain');
    const switchover = await live.begin({ kind: 'switchover', region: others[0] });
    await reached;
    const waiting = await live.begin({ kind: 'drain', region: others[0] }, 'mira');
    const asked = live.begin({ kind: 'promote-region', region: others[1] }, 'mira');
    await new Promise((resolve) => setTimeout(resolve, 300));
    release();
    const promotion = await asked;
    expect(await switchover.result()).toMatchObject({
      outcome: 'stood-down',
      failure: { message: expect.stringContaining(promotion.workflowId) },
      undone: [`return traffic to ${primary}`],
      left: [],
    });
    expect(await promotion.result()).toMatchObject({ outcome: 'done' });
    expect(await live.record()).toMatchObject({ primary: others[1], fenced: [{ region: primary }] });
    // its workflow exists once the slot is free
    await until(async () =>
      (await live.record()).operations?.some(({ workflowId }) => workflowId === waiting.workflowId),
    );
    expect(await waiting.result()).toMatchObject({ outcome: 'done' });
  });

  it('is not undone by the way back of what made way too late: traffic is where the emergency led it', async () => {
    const { primary, others } = live;
    const { reached, release } = hold('drain');
    const switchover = await live.begin({ kind: 'switchover', region: others[0] });
    await reached;
    const promotion = await live.begin({ kind: 'promote-region', region: others[1] }, 'mira');
    expect(await promotion.result()).toMatchObject({ outcome: 'done' });
    release();
    expect(await switchover.result()).toMatchObject({
      outcome: 'stood-down',
      undone: [],
      left: [`left to ${promotion.workflowId}: return traffic to ${primary}`],
    });
    expect(await live.record()).toMatchObject({
      primary: others[1],
      drained: [primary],
      fenced: [{ region: primary }],
    });
    expect(fake.cloud.drained).toEqual([primary]);
  });

  it('keeps what made way from naming the new primary as drained, even before the platform refuses it', async () => {
    const { primary, others } = live;
    const { reached, release } = hold('health');
    const drain = await live.begin({ kind: 'drain', region: others[1] });
    await reached;
    await (await live.begin({ kind: 'promote-region', region: others[1] }, 'mira')).result();
    release();
    expect(await drain.result()).toMatchObject({ outcome: 'stood-down' });
    expect(await live.record()).toMatchObject({ primary: others[1], drained: [primary] });
  });

  it('claims anew when the way back of what made way has claimed an epoch meanwhile', async () => {
    let claimed = false;
    fake.cloud.intercept = async ({ name }, act) => {
      if (name === 'status' && !claimed) {
        claimed = true;
        await changeRecord(fake.records)(live.request, (found) => ({ ...found, epoch: found.epoch + 1 }));
      }
      return act();
    };
    const report = await live.ask({ kind: 'promote-region', region: live.others[0] });
    expect([claimed, report.outcome]).toEqual([true, 'done']);
  });
});

describe('a deployment over a failover', () => {
  it('never moves the primary back: it is blocked, with what to do first', async () => {
    const { primary, others } = live;
    await live.ask({ kind: 'promote-region', region: others[0] });
    const blocked = await (
      await fake.begin({ kind: 'deploy', request: live.request, requester: 'ada' }, live.request)
    ).result();
    expect(blocked).toMatchObject({ verdict: 'failed', failure: { type: 'Plan.Blocked' } });
    expect(blocked.failure?.message).toContain(`${primary} is fenced since a failover`);
    expect(await live.record()).toMatchObject({ primary: others[0] });
  });
});

describe('a proposed failover', () => {
  const proposal = () => live.begin({ kind: 'promote-region', region: live.others[0], proposed: true }, 'the watch');

  async function decide(workflowId: string, decision: 'approve' | 'reject'): Promise<void> {
    const handle = fake.temporal.environment.client.workflow.getHandle(workflowId);
    const waiting = async () => (await handle.query(progressQuery, { sinceSeq: 0 })).approval;
    await until(async () => (await waiting())?.state === 'waiting');
    const { id: approvalId, digest } = (await waiting()) as Approval;
    await handle.executeUpdate(decideApprovalUpdate, { args: [{ approvalId, digest, decision, by: 'mira' }] });
  }

  it('is an approval that stops nobody while it waits, and is carried out once somebody approves', async () => {
    const { primary, others } = live;
    const { workflowId } = await proposal();
    expect(await live.ask({ kind: 'drain', region: others[1] })).toMatchObject({ outcome: 'done' });
    await expect(proposal()).rejects.toMatchObject({ cause: { message: expect.stringContaining(workflowId) } });
    await decide(workflowId, 'approve');
    await until(async () => (await live.record()).primary === others[0]);
    await until(async () => (await live.record()).operations?.at(-1)?.summary.includes('fenced until it rejoins'));
    const record = await live.record();
    expect(record).toMatchObject({ primary: others[0], fenced: [{ region: primary }] });
    const report = JSON.parse(readFileSync(new URL(record.operations?.at(-1)?.report.uri ?? ''), 'utf8'));
    expect(report.approvals).toMatchObject([{ gate: 'failover', state: 'approved', decidedBy: 'mira' }]);
  });

  it('is void once the writes have moved: who approved it then would approve something else', async () => {
    const { primary, others } = live;
    const handle = await proposal();
    expect(await live.ask({ kind: 'promote-region', region: others[1] })).toMatchObject({ outcome: 'done' });
    expect(await handle.result()).toMatchObject({ outcome: 'stood-down' });
    expect(live.since().filter((act) => act.startsWith('fence'))).toEqual([`fence ${primary}`]);
  });

  it('that was approved for another state than the present one is refused', async () => {
    const { primary, others } = live;
    const { workflowId } = await proposal();
    const { reached, release } = hold('handOver');
    const switchover = await live.begin({ kind: 'switchover', region: others[1] });
    await reached;
    await decide(workflowId, 'approve');
    release();
    await switchover.result();
    await until(async () => (await live.record()).operations?.at(-1)?.outcome === 'refused');
    const { summary } = (await live.record()).operations?.at(-1) ?? {};
    expect(summary).toMatch(new RegExp(`approved while ${primary} took the writes at epoch \\d+; now .* ask again`));
    expect(live.since().filter((act) => act.startsWith('fence'))).toEqual([]);
  });

  it('that is rejected changes nothing', async () => {
    const handle = await proposal();
    await decide(handle.workflowId, 'reject');
    expect(await handle.result()).toMatchObject({ outcome: 'rejected' });
    expect(live.since()).toEqual([]);
    await expectAsBefore();
  });
});
