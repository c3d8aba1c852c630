import { decisionText } from '../../contracts/approval';
import { decideApprovalUpdate, type OperationRequest, progressQuery } from '../../contracts/messages';
import { requestText } from '../../contracts/request-text';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import { type FakeDeployments, fakeRequest, startFakeDeployments } from '../support/fake-deployments';
import { testKey } from '../support/signing-keys';

const ada = testKey('ada-laptop', { kind: 'person', name: 'ada' });
const grace = testKey('grace-laptop', { kind: 'person', name: 'grace' });
type Key = typeof ada;
type Handle = Awaited<ReturnType<FakeDeployments['begin']>>;

jest.setTimeout(120_000);

let fake: FakeDeployments;
beforeAll(async () => {
  fake = await startFakeDeployments({ approvers: [ada.approver, grace.approver] });
});
afterAll(() => fake.stop());

function signed<Operation extends OperationRequest>(operation: Operation, key: DeploymentKey): Operation {
  const signature = ada.sign((issuedAt) => requestText(operation, key, issuedAt), new Date().toISOString());
  return { ...operation, signature };
}

async function waiting(handle: Handle) {
  for (;;) {
    const { approval } = await handle.query(progressQuery, { sinceSeq: 0 }).catch(() => ({ approval: undefined }));
    if (approval?.state === 'waiting') return approval;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function decide(handle: Handle, signer: Key, by: string, decision: 'approve' | 'reject') {
  const { id: approvalId, digest } = await waiting(handle);
  const unsigned = { approvalId, digest, decision, by } as const;
  const signature = signer.sign(
    (issuedAt) => decisionText(handle.workflowId, unsigned, issuedAt),
    new Date().toISOString(),
  );
  await handle.executeUpdate(decideApprovalUpdate, { args: [{ ...unsigned, signature }] });
}

it('production is destroyed by two people, and what was rejected stands', async () => {
  const request = fakeRequest({ environment: 'production' });
  const deploy = await fake.begin(signed({ kind: 'deploy', request, requester: 'ada' }, request), request);
  await decide(deploy, grace, 'grace', 'approve');
  expect(await deploy.result()).toMatchObject({ verdict: 'promoted' });
  const stacks = fake.cloud.stacks.size;

  const retire = () => fake.begin(signed({ kind: 'retire', requester: 'ada' }, request), request);
  const rejected = await retire();
  expect(await waiting(rejected)).toMatchObject({
    gate: 'removal',
    irreversible: expect.arrayContaining([expect.stringMatching(/databases and tables in/)]),
  });
  await expect(decide(rejected, ada, 'ada', 'approve')).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/somebody else must approve/) },
  });
  await decide(rejected, grace, 'grace', 'reject');
  await expect(rejected.result()).rejects.toMatchObject({ cause: { type: 'Approval.Rejected' } });
  expect(fake.cloud.stacks.size).toBe(stacks);

  const approved = await retire();
  await decide(approved, grace, 'grace', 'approve');
  expect(await approved.result()).toMatchObject({ leftovers: [] });
  expect(fake.cloud.stacks.size).toBe(0);
});

it('an undecided retirement gives way to an emergency, and destroys nothing afterwards', async () => {
  fake.reset();
  const request = fakeRequest({ environment: 'production' });
  const deploy = await fake.begin(signed({ kind: 'deploy', request, requester: 'ada' }, request), request);
  await decide(deploy, grace, 'grace', 'approve');
  expect(await deploy.result()).toMatchObject({ verdict: 'promoted' });
  const { primary } = await fake.records.load(request);
  const region = request.regions.wanted?.find((one) => one !== primary) ?? '';

  const retire = await fake.begin(signed({ kind: 'retire', requester: 'ada' }, request), request);
  await waiting(retire);
  const promotion = await fake.begin(signed({ kind: 'promote-region', region, requester: 'ada' }, request), request);
  await expect(retire.result()).rejects.toMatchObject({
    cause: { type: 'Operation.MadeWay', message: expect.stringContaining(`made way for ${promotion.workflowId}`) },
  });
  await until(async () => (await fake.records.load(request)).operations?.at(-1)?.workflowId === promotion.workflowId);
  expect(await fake.records.load(request)).toMatchObject({ primary: region, fenced: [{ region: primary }] });
});

it('nobody starts an operation around the signature of its requester', async () => {
  const { client } = fake.temporal.environment;
  const key = { application: 'direct', environment: 'production' as const };
  for (const type of ['retireDeployment', 'sweepOrphans', 'deployMultiRegion']) {
    const input = { ...key, request: fakeRequest(key), requester: 'mira', generation: 1 };
    const started = client.workflow.execute(type, {
      workflowId: `retire/direct/production/${type}`,
      taskQueue: fake.taskQueue,
      args: [input],
    });
    await expect(started).rejects.toMatchObject({ cause: { message: expect.stringMatching(/was started directly/) } });
  }
});
