import { type Approval, decisionText } from '../../contracts/approval';
import { decideApprovalUpdate, progressQuery } from '../../contracts/messages';
import { requestText } from '../../contracts/request-text';
import { watchWorkflowId } from '../../contracts/workflow-ids';
import { PlatformError } from '../../platforms/platform-error';
import { type FakeDeployments, fakeRequest, startFakeDeployments } from '../support/fake-deployments';
import { goLive } from '../support/live-fake';
import { testKey } from '../support/signing-keys';

jest.setTimeout(180_000);

let fake: FakeDeployments;
beforeAll(async () => {
  fake = await startFakeDeployments();
});
afterAll(() => fake.stop());
beforeEach(() => fake.reset());

async function until(is: () => Promise<boolean | undefined>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('never happened');
}

it('brings stores that went to different regions together where most of them are', async () => {
  const names = ['orders', 'carts', 'users'];
  const [store] = fakeRequest().dataStores;
  if (!store) throw new Error('the sample request has a store');
  const live = await goLive(fake, { dataStores: names.map((name) => ({ ...store, name })) });
  const { primary, others } = live;
  const went = { orders: others[0], carts: others[1], users: others[0] } as Record<string, string>;
  await live.restore((cloud) => {
    for (const name of names) cloud.leases.set(name, { holder: went[name] ?? '', epoch: 5, automation: 'automatic' });
    // the fake knows one database per region: who writes is said by the leases
    Object.assign(cloud.databases.get(primary) ?? {}, { role: 'standby', fenced: true });
    Object.assign(cloud.databases.get(others[1]) ?? {}, { role: 'primary' });
  });
  const report = await live.ask({ kind: 'record-failover' });
  expect(report).toMatchObject({ outcome: 'done', left: [] });
  expect(live.since()).toContain(`hand over to ${others[0]}`);
  expect(fake.cloud.leases.get('carts')).toMatchObject({ holder: others[0] });
  expect(await live.record()).toMatchObject({ primary: others[0], epoch: 6, fenced: [{ region: primary }] });
});

describe('stores of which only some were promoted', () => {
  const names = ['orders', 'carts'];
  async function twoStores() {
    const [store] = fakeRequest().dataStores;
    if (!store) throw new Error('the sample request has a store');
    const live = await goLive(fake, { dataStores: names.map((name) => ({ ...store, name })) });
    await live.restore((cloud) => {
      for (const name of names) cloud.leases.set(name, { holder: live.primary, epoch: 1, automation: 'propose' });
    });
    return live;
  }
  const holders = () => names.map((name) => fake.cloud.leases.get(name)?.holder);
  /** the promotions from the second on are refused, while the fault lasts */
  function refuseSecond(): () => void {
    fake.cloud.intercept = async ({ name, nth }, act) => {
      if (name === 'promote' && nth > 1) throw new PlatformError('Platform.Refused', 'the provider says no');
      return act();
    };
    return () => {
      fake.cloud.intercept = undefined;
    };
  }

  it('are on record as they are, and the same promotion brings the rest', async () => {
    const live = await twoStores();
    const { primary, others, request } = live;
    const heal = refuseSecond();
    const report = await live.ask({ kind: 'promote-region', region: others[0] });
    expect(report).toMatchObject({ outcome: 'failed', undone: [], after: { deployment: 'moving' } });
    expect(report.next).toEqual([`meridian promote-region ${request.application}/${request.environment} ${others[0]}`]);
    expect(holders()).toEqual([others[0], undefined]);
    expect(await live.record()).toMatchObject({ primary: others[0], fenced: [{ region: primary }] });
    expect((await live.record()).failovers).toHaveLength(1);
    // the record knows better than the platform, which has nobody for the other store
    const recorded = await live.ask({ kind: 'record-failover' });
    expect(recorded).toMatchObject({ outcome: 'failed', next: report.next });
    heal();
    expect(await live.ask({ kind: 'promote-region', region: others[0] })).toMatchObject({ outcome: 'done', left: [] });
    expect(holders()).toEqual([others[0], others[0]]);
    expect((await live.record()).failovers).toHaveLength(2);
    expect((await live.record()).moving).toBeUndefined();
  });
});

it('lets a deployment make way for a promotion: it is undone as stopped, and the promotion does not wait for a person', async () => {
  const live = await goLive(fake);
  const { request, primary, others } = live;
  await live.restore();
  const services = request.services.map((service) => ({ ...service, image: 'meridian/sample-orders:2.0' }));
  const changed = { ...request, services, rollout: { ...request.rollout, approval: 'plan' as const } };
  const deploy = await fake.begin({ kind: 'deploy', request: changed, requester: 'ada' }, request);
  await until(async () => (await deploy.query(progressQuery, { sinceSeq: 0 })).approval?.state === 'waiting');
  const promotion = await live.ask({ kind: 'promote-region', region: others[0] });
  expect(promotion).toMatchObject({ outcome: 'done' });
  expect(await deploy.result()).toMatchObject({
    failure: { type: 'Operation.Aborted', message: expect.stringContaining('made way for promote-region/') },
  });
  expect(await live.record()).toMatchObject({ primary: others[0], fenced: [{ region: primary }], drained: [primary] });
});

it('does not move the primary back when the request is deployed again after a switchover', async () => {
  const live = await goLive(fake);
  await live.restore();
  await live.ask({ kind: 'switchover', region: live.others[0] });
  const { request } = live;
  const again = await (await fake.begin({ kind: 'deploy', request, requester: 'ada' }, request)).result();
  expect(await live.record()).toMatchObject({ primary: live.others[0] });
  expect(fake.cloud.databases.get(live.others[0])).toMatchObject({ role: 'primary' });
  expect(again).toMatchObject({ verdict: 'promoted', topology: { primary: live.others[0] } });
  expect(live.since().filter((act) => /^(promote|fence|hand over to) /.test(act))).toEqual([
    `hand over to ${live.others[0]}`,
  ]);
});

describe('in production', () => {
  let production: FakeDeployments;
  const keys = {
    ada: testKey('k-ada', { kind: 'person', name: 'ada' }),
    mira: testKey('k-mira', { kind: 'person', name: 'mira' }),
  };
  beforeAll(async () => {
    production = await startFakeDeployments({ approvers: [keys.ada.approver, keys.mira.approver] });
  });
  afterAll(() => production.stop());

  it('the risk of two writers is accepted by two people, both signed', async () => {
    const { request: staging, primary, others, record } = await goLive(production);
    const request = { ...staging, environment: 'production' as const };
    const key = { application: request.application, environment: 'production' };
    await production.records.save({ ...(await record()), ...key, version: 0 });
    const error = new PlatformError('Platform.Unavailable', 'no answer');
    production.cloud.script.push({ call: 'fence', times: 100, error });
    const acceptRisk = { until: new Date(Date.now() + 600_000).toISOString(), reason: 'the region is gone' };
    const asked = { kind: 'promote-region', region: others[0], acceptRisk, requester: 'ada' } as const;
    await expect(production.begin(asked, request)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('must be signed by its requester') },
    });
    const now = new Date().toISOString();
    const signature = keys.ada.sign((issuedAt) => requestText(asked, key, issuedAt), now);
    const handle = await production.begin({ ...asked, signature }, request);
    const approval = async () => (await handle.query(progressQuery, { sinceSeq: 0 })).approval;
    await until(async () => (await approval())?.state === 'waiting');
    const { id: approvalId, digest, gate } = (await approval()) as Approval;
    expect(gate).toBe('risk');
    const decide = (by: 'ada' | 'mira') => {
      const decision = { approvalId, digest, decision: 'approve' as const, by };
      const signed = keys[by].sign(
        (issuedAt) => decisionText(handle.workflowId, decision, issuedAt),
        new Date().toISOString(),
      );
      return handle.executeUpdate(decideApprovalUpdate, { args: [{ ...decision, signature: signed }] });
    };
    await expect(decide('ada')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('somebody else must approve it') },
    });
    await decide('mira');
    expect(await handle.result()).toMatchObject({
      outcome: 'done',
      receipts: [
        { kind: 'risk-accepted', region: primary, detail: expect.stringContaining('accepted by ada and mira until') },
      ],
      approvals: [{ gate: 'risk', state: 'approved', decidedBy: 'mira', verified: true }],
    });
  });
});

it('watches what has become live, once, when the worker says so', async () => {
  const watched = await startFakeDeployments({ watch: true });
  try {
    const { request, ask, others } = await goLive(watched);
    const id = watchWorkflowId(request);
    const handle = watched.temporal.environment.client.workflow.getHandle(id);
    await until(async () => (await handle.describe().catch(() => undefined))?.status.name === 'RUNNING');
    await ask({ kind: 'drain', region: others[0] });
    const again = await (await watched.begin({ kind: 'deploy', request, requester: 'ada' }, request)).result();
    expect(again.verdict).toBe('promoted');
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate('the test is over');
  } finally {
    await watched.stop();
  }
});
