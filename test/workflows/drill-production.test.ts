import { decisionText } from '../../contracts/approval';
import { decideApprovalUpdate, type OperationRequest, progressQuery } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import type { DeploymentRequest } from '../../contracts/request';
import { requestText } from '../../contracts/request-text';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import { type FakeDeployments, fakeRequest, startFakeDeployments } from '../support/fake-deployments';
import { testKey } from '../support/signing-keys';

const ada = testKey('ada-laptop', { kind: 'person', name: 'ada' });
const grace = testKey('grace-laptop', { kind: 'person', name: 'grace' });

jest.setTimeout(120_000);

let fake: FakeDeployments;
let request: DeploymentRequest;
let cloud: FakeCloud;
beforeAll(async () => {
  fake = await startFakeDeployments({ approvers: [ada.approver, grace.approver] });
  request = fakeRequest({ environment: 'production' });
  const deploy = await begin({ kind: 'deploy', request, requester: 'ada' });
  await approve(deploy);
  expect(await deploy.result()).toMatchObject({ verdict: 'promoted' });
  cloud = fake.cloud;
});
afterAll(() => fake.stop());
beforeEach(async () => {
  fake.use(cloud.copy());
  const { primary = '' } = await fake.records.load(request);
  fake.cloud.leases.set('orders', { holder: primary, epoch: cloud.epoch, automation: 'automatic' });
});

type Handle = Awaited<ReturnType<FakeDeployments['begin']>>;

function begin(operation: OperationRequest): Promise<Handle> {
  const signature = ada.sign((issuedAt) => requestText(operation, request, issuedAt), new Date().toISOString());
  return fake.begin({ ...operation, signature }, request);
}

async function asked(handle: Handle) {
  for (;;) {
    const { approval } = await handle.query(progressQuery, { sinceSeq: 0 }).catch(() => ({ approval: undefined }));
    if (approval?.state === 'waiting') return approval;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function approve(handle: Handle) {
  const { id: approvalId, digest } = await asked(handle);
  const unsigned = { approvalId, digest, decision: 'approve', by: 'grace' } as const;
  const issued = new Date().toISOString();
  const signature = grace.sign((issuedAt) => decisionText(handle.workflowId, unsigned, issuedAt), issued);
  await handle.executeUpdate(decideApprovalUpdate, { args: [{ ...unsigned, signature }] });
}

/** Asks for a drill; `meanwhile` happens while a person thinks, who then says yes. */
async function drill(meanwhile: (cloud: FakeCloud) => void): Promise<OperationReport> {
  const begun = await begin({ kind: 'drill', drill: 'region-loss', requester: 'ada' });
  await asked(begun);
  meanwhile(fake.cloud);
  await approve(begun);
  return (await begun.result()) as unknown as OperationReport;
}

const faults = () => fake.cloud.acts.filter((act) => act.startsWith('inject'));

it('is held once a second person has said yes', async () => {
  expect(await drill(() => undefined)).toMatchObject({ outcome: 'done', left: [] });
  expect(faults()).toHaveLength(1);
});

it('is not held when it would no longer be safe by the time somebody says yes', async () => {
  const report = await drill(({ leases }) => Object.assign(leases.get('orders') ?? {}, { automation: 'off' }));
  expect(report).toMatchObject({ outcome: 'failed', failure: { type: 'Drill.Failed' } });
  expect(report.summary).toContain('failover is to be automatic, and the platform has it off');
  expect(faults()).toEqual([]);
});

it('is not held when the platform has failed over meanwhile: another region was approved', async () => {
  const { primary } = await fake.records.load(request);
  const to = [...fake.cloud.databases.keys()].find((region) => region !== primary) ?? '';
  const report = await drill(({ leases }) => Object.assign(leases.get('orders') ?? {}, { holder: to, epoch: 9 }));
  expect(report).toMatchObject({ outcome: 'failed', failure: { type: 'Drill.Failed' } });
  expect(report.summary).toContain(`it was approved for ${primary}`);
  expect(report.summary).toContain(`now it is ${to} at epoch 9: ask again`);
  expect(faults()).toEqual([]);
});

it('gives its question up for what is more urgent, which then need not wait for a person', async () => {
  const [, region = ''] = [...fake.cloud.databases.keys()];
  const drilled = await begin({ kind: 'drill', drill: 'region-loss', requester: 'ada' });
  await asked(drilled);
  const drain = await begin({ kind: 'drain', region, requester: 'ada' });
  const report = (await drilled.result()) as unknown as OperationReport;
  expect(report).toMatchObject({ outcome: 'stood-down', approvals: [{ gate: 'drill', state: 'void' }] });
  expect(report.summary).toContain(`made way for ${drain.workflowId}`);
  const drained = async () => (await fake.records.load(request)).drained.includes(region);
  while (!(await drained())) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(faults()).toEqual([]);
});
