import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTarget } from '../../../clients/cli/target';
import { closeClient, connectClient, type MeridianClient } from '../../../clients/connection';
import { decideApproval, submitDeployment } from '../../../clients/operations';
import { signedOperation } from '../../../clients/signing/signer';
import { approverEntry, createSigningKey } from '../../../clients/signing/signing-key';
import { stopOperation } from '../../../clients/stop-operation';
import { signWebhook } from '../../../clients/webhook/standard-webhook';
import { startWebhookGateway, type WebhookGateway } from '../../../clients/webhook/webhook-gateway';
import type { DeploymentReport } from '../../../contracts/report';
import { loadConfig } from '../../../temporal.config';
import { type FakeDeployments, fakeRequest, startFakeDeployments } from '../../support/fake-deployments';

const portal = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const folder = mkdtempSync(join(tmpdir(), 'meridian-webhook-'));
const told: Array<{ id: string; type: string; data: Record<string, unknown> }> = [];
let fake: FakeDeployments;
let endpoint: Server;
let gateway: WebhookGateway;
const clients: Record<string, MeridianClient> = {};
jest.setTimeout(180_000);

beforeAll(async () => {
  const ada = await createSigningKey(folder, 'ada');
  const webhook = await createSigningKey(folder, 'webhook');
  fake = await startFakeDeployments({
    approvers: [approverEntry(ada, 'ada', 'person'), approverEntry(webhook, 'webhook', 'gateway')],
  });
  for (const name of ['ada', 'webhook', 'nobody']) clients[name] = await connect(name);
  endpoint = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    told.push({ id: String(request.headers['webhook-id']), ...JSON.parse(Buffer.concat(chunks).toString()) });
    response.end();
  });
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  gateway = await startWebhookGateway({
    meridian: clients.webhook!,
    config: {
      ...{ host: '127.0.0.1', port: 0 },
      endpoints: [
        { name: 'portal', url, secret: portal, events: ['approval.waiting', 'deployment.ended', 'deployment.alert'] },
      ],
      sources: [
        { name: 'other', secret: other },
        { name: 'portal', secret: portal },
      ],
    },
    log: () => {},
    pollMs: 200,
  });
});
afterAll(async () => {
  await gateway.stop();
  endpoint.close();
  for (const client of Object.values(clients)) await closeClient(client);
  await fake.stop();
  rmSync(folder, { recursive: true });
});

function connect(name: string): Promise<MeridianClient> {
  const { signing, ...config } = loadConfig({
    TEMPORAL_ADDRESS: fake.temporal.address,
    MERIDIAN_TASK_QUEUE: fake.taskQueue,
  });
  const keyFile = name === 'nobody' ? undefined : join(folder, `${name}.pem`);
  return connectClient({ ...config, signing: { ...signing, keyFile } });
}

async function event(type: string, workflowId: string) {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const found = told.find((one) => one.type === type && one.data.workflowId === workflowId);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nobody was told of ${type}: ${JSON.stringify(told)}`);
}

let messages = 0;
const freshId = () => {
  messages += 1;
  return `msg_${messages}`;
};

async function post(body: string, headers: object) {
  const response = await fetch(`${gateway.url}/decisions`, {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, ...((await response.json()) as { error?: string; decided?: string }) };
}

test('a decision comes from a portal, and the portal hears how it ended', async () => {
  const request = fakeRequest({ environment: 'production', rollout: { approval: 'plan' } });
  await expect(submitDeployment(clients.nobody!, { request, requester: 'ada' })).rejects.toThrow(
    /a deploy in production must be signed by its requester: set MERIDIAN_SIGNING_KEY/,
  );
  const { workflowId } = await submitDeployment(clients.ada!, { request, requester: 'ada' });
  const { data } = await event('approval.waiting', workflowId);
  const approval = data.approval as { id: string; digest: string; requester: string };
  expect(approval.requester).toBe('ada');
  const decision = { approvalId: approval.id, digest: approval.digest, decision: 'reject' as const };

  // What a person without a key is told.
  await expect(decideApproval(clients.nobody!, workflowId, { ...decision, by: 'mira' })).rejects.toThrow(
    /must be signed: set MERIDIAN_SIGNING_KEY to your key/,
  );
  await expect(
    decideApproval(clients.ada!, workflowId, { ...decision, decision: 'approve', by: 'ada' }),
  ).rejects.toThrow(/ada asked for this: somebody else must approve it/);

  const body = JSON.stringify({ workflowId, ...decision, by: 'mira', comment: 'not on a friday' });
  const now = Date.now();
  const forged = signWebhook(portal, freshId(), now, body.replace('reject', 'approve'));
  expect(await post(body, forged)).toMatchObject({ status: 401, error: 'webhook-signature is wrong' });
  const old = signWebhook(portal, freshId(), now - 301_000, body);
  expect(await post(body, old)).toMatchObject({ status: 401, error: expect.stringMatching(/5 minutes/) });
  const stranger = signWebhook(`whsec_${Buffer.alloc(24).toString('base64')}`, freshId(), now, body);
  expect(await post(body, stranger)).toMatchObject({ status: 401 });
  expect(await post(body, {})).toMatchObject({ status: 401, error: expect.stringMatching(/are needed/) });

  const elsewhere = JSON.stringify({ ...JSON.parse(body), digest: 'f'.repeat(64) });
  expect(await post(elsewhere, signWebhook(portal, freshId(), now, elsewhere))).toMatchObject({
    ...{ status: 409, error: expect.stringMatching(/the decision is for ffffffffffff/) },
  });
  const unknown = JSON.stringify({ ...JSON.parse(body), by: 'mira ada' });
  expect(await post(unknown, signWebhook(portal, freshId(), now, unknown))).toMatchObject({
    ...{ status: 400, error: expect.stringMatching(/^by: must be a name without spaces/) },
  });

  const genuine = signWebhook(portal, freshId(), now, body);
  expect(await post(body, genuine)).toEqual({ status: 200, decided: 'reject' });
  expect(await post(body, genuine)).toMatchObject({ status: 409, error: 'this webhook-id was here before' });

  const ended = await event('deployment.ended', workflowId);
  expect(ended.data).toMatchObject({ verdict: 'failed', failure: { type: 'Approval.Rejected' } });
  const report = (await clients.ada!.client.workflow.getHandle(workflowId).result()) as DeploymentReport;
  expect(report.approvals[0]).toMatchObject({
    ...{ decidedBy: 'webhook:portal/mira', verified: true, comment: 'not on a friday' },
  });
  expect(told.filter(({ id }) => id === ended.id)).toHaveLength(1);
});

test('a signed request that somebody recorded begins nothing a second time', async () => {
  const request = fakeRequest({ environment: 'production' });
  const { application, environment } = request;
  const recorded = signedOperation(
    clients.ada!.signer,
    { kind: 'sweep', requester: 'ada' },
    { application, environment },
  );
  const { workflowId } = await fake.begin(recorded, request);
  expect(workflowId).toBe(`sweep/${application}/production/1`);
  const respelled = {
    ...recorded,
    signature: { ...recorded.signature!, signature: recorded.signature!.signature.replace(/=*$/, '') },
  };
  for (const again of [recorded, respelled])
    await expect(fake.begin(again, request)).rejects.toMatchObject({
      cause: { message: 'this signed request was begun before' },
    });
});

test('a deployment that ends without a report is an alert', async () => {
  const { workflowId } = await submitDeployment(clients.nobody!, { request: fakeRequest(), requester: 'ci' });
  const handle = clients.nobody!.client.workflow.getHandle(workflowId);
  for (let tries = 0; tries < 100 && (await handle.describe().catch(() => undefined)) === undefined; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  await handle.terminate('by hand');
  expect((await event('deployment.alert', workflowId)).data.reason).toMatch(/without a report: .*terminated: by hand/);
});

test('a deployment that nobody knows cannot be decided; a source speaks for its own people only', async () => {
  const request = fakeRequest({ rollout: { approval: 'plan' } });
  const { workflowId } = await submitDeployment(clients.nobody!, { request, requester: 'ci' });
  const { data } = await event('approval.waiting', workflowId);
  const { id: approvalId, digest } = data.approval as { id: string; digest: string };
  const body = JSON.stringify({ workflowId, approvalId, digest, decision: 'reject', by: 'mira' });
  const nowhere = JSON.stringify({ ...JSON.parse(body), workflowId: 'deploy/none/staging/1' });
  expect(await post(nowhere, signWebhook(other, freshId(), Date.now(), nowhere))).toMatchObject({ status: 404 });
  expect(await post(body, signWebhook(other, freshId(), Date.now(), body))).toMatchObject({ decided: 'reject' });
  const report = (await clients.ada!.client.workflow.getHandle(workflowId).result()) as DeploymentReport;
  expect(report.approvals[0]).toMatchObject({ decidedBy: 'webhook:other/mira', verified: true });
  await expect(stopOperation(clients.ada!, parseTarget(workflowId)!, { by: 'ada', reason: '' })).rejects.toThrow(
    /already ended/,
  );
});
