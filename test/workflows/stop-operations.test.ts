import { abortUpdate, operationQueueQuery, progressQuery, withdrawOperationUpdate } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import { deploymentWorkflowId } from '../../contracts/workflow-ids';
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

type Begun = Awaited<ReturnType<LiveFake['begin']>>;
const BY_MIRA = { by: 'mira', reason: 'wrong region' };
const stop = (begun: Begun) => begun.executeUpdate(abortUpdate, { args: [BY_MIRA] });
const reportOf = (begun: Begun) => begun.result() as unknown as Promise<OperationReport>;
const entity = () => fake.temporal.environment.client.workflow.getHandle(deploymentWorkflowId(live.request));

/** Lets a call to the platform wait until it is let go on. */
function holdUp(call: string): { reached: Promise<void>; letGo: () => void } {
  let letGo = () => {};
  let reached = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    reached = resolve;
  });
  fake.cloud.intercept = async ({ name, nth }, act) => {
    if (name === call && nth === 1) {
      reached();
      await held;
    }
    return act();
  };
  return { reached: begun, letGo };
}

async function until(look: () => boolean | Promise<boolean>) {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it did not happen');
}

async function expectAsBefore() {
  const { primary, drained, fenced, drilling } = await live.record();
  expect({ primary, drained, fenced: fenced ?? [], drilling }).toEqual({
    ...{ primary: live.primary, drained: [], fenced: [], drilling: undefined },
  });
  expect(fake.cloud.drained).toEqual([]);
  expect([...fake.cloud.faults.keys()]).toEqual([]);
}

it('a switchover that is stopped takes its way back, and says who stopped it', async () => {
  const { reached, letGo } = holdUp('drain');
  const begun = await live.begin({ kind: 'switchover', region: live.others[0] });
  await reached;
  await stop(begun);
  await expect(stop(begun)).rejects.toMatchObject({
    cause: { message: 'mira stopped it (wrong region) already' },
  });
  letGo();
  const report = await reportOf(begun);
  expect(report).toMatchObject({
    outcome: 'stood-down',
    summary: expect.stringMatching(/^mira stopped it \(wrong region\) before it would /),
    left: [],
  });
  expect(report.undone.length).toBeGreaterThan(0);
  await expectAsBefore();
});

it('past the point of no return it is refused, and the operation goes on to its end', async () => {
  const { reached, letGo } = holdUp('shift');
  const begun = await live.begin({ kind: 'promote-region', region: live.others[0] });
  await reached;
  await expect(stop(begun)).rejects.toMatchObject({
    cause: { message: 'the promote-region is past its point of no return: it can only go on to its end' },
  });
  letGo();
  expect(await reportOf(begun)).toMatchObject({ outcome: 'done', left: [] });
  expect((await live.record()).primary).toBe(live.others[0]);
});

it('stopped while the act of no return is under way, it goes on as well', async () => {
  const { reached, letGo } = holdUp('promote');
  const begun = await live.begin({ kind: 'promote-region', region: live.others[0] });
  await reached;
  await stop(begun);
  letGo();
  expect(await reportOf(begun)).toMatchObject({ outcome: 'done', left: [] });
});

it('a drill is stopped while its fault is in force: the fault is undone and everything put back', async () => {
  const begun = await live.begin({ kind: 'drill', drill: 'slow-link' });
  await until(() => fake.cloud.faults.size > 0);
  await stop(begun);
  const report = await reportOf(begun);
  expect(report).toMatchObject({ outcome: 'stood-down', undone: expect.arrayContaining(['undo the fault']), left: [] });
  await expectAsBefore();
});

it('a question that waits is over with the operation that asks it', async () => {
  const begun = await live.begin({ kind: 'promote-region', region: live.others[0], proposed: true });
  const approval = async () => (await begun.query(progressQuery, { sinceSeq: 0 })).approval;
  await until(async () => (await approval().catch(() => undefined))?.state === 'waiting');
  await stop(begun);
  expect(await reportOf(begun)).toMatchObject({
    outcome: 'stood-down',
    summary: expect.stringMatching(/^mira stopped it \(wrong region\) before the failover from .* was decided$/),
    approvals: [{ state: 'void' }],
  });
  await expectAsBefore();
});

it('what runs and what waits has names; what waits can be withdrawn, and only that', async () => {
  const { reached, letGo } = holdUp('drain');
  const [to, third] = live.others;
  const first = await live.begin({ kind: 'switchover', region: to });
  await reached;
  const second = await live.begin({ kind: 'drill', drill: 'switchover' }, 'leo');
  const queue = await entity().query(operationQueueQuery);
  expect(queue).toMatchObject({
    running: [{ workflowId: first.workflowId, kind: 'switchover', requester: 'ada' }],
    waiting: [{ workflowId: second.workflowId, kind: 'drill', requester: 'leo' }],
  });
  const withdraw = (workflowId: string) =>
    entity().executeUpdate(withdrawOperationUpdate, { args: [{ workflowId, ...BY_MIRA }] });
  await expect(withdraw(first.workflowId)).rejects.toMatchObject({
    cause: { message: `${first.workflowId} does not wait here; waiting are ${second.workflowId}` },
  });
  await withdraw(second.workflowId);
  expect((await entity().query(operationQueueQuery)).waiting).toEqual([]);
  letGo();
  expect(await reportOf(first)).toMatchObject({ outcome: 'done' });
  // the slot is free, and what was withdrawn never began
  expect(await live.ask({ kind: 'drain', region: third })).toMatchObject({ outcome: 'done' });
  await expect(second.describe()).rejects.toThrow(/not found/i);
});
