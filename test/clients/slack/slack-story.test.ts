import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { closeClient, connectClient, type MeridianClient } from '../../../clients/connection';
import { approverEntry, createSigningKey } from '../../../clients/signing/signing-key';
import { createSlackGateway, type SlackGateway } from '../../../clients/slack/slack-gateway';
import type { DeploymentReport } from '../../../contracts/report';
import type { DeploymentRequest } from '../../../contracts/request';
import { loadConfig } from '../../../temporal.config';
import { type FakeDeployments, fakeRequest, startFakeDeployments } from '../../support/fake-deployments';
import { testKey } from '../../support/signing-keys';
import { FakeSlack } from './fake-slack';

const folder = mkdtempSync(join(tmpdir(), 'meridian-slack-'));
const requestsFolder = join(folder, 'requests');
const mira = testKey('mira-laptop', { kind: 'person', name: 'mira', aliases: ['slack:UMIRA'] }).approver;
let fake: FakeDeployments;
let meridian: MeridianClient;
let slack: FakeSlack;
let gateway: SlackGateway;
const troubles: string[] = [];
let stateFolder: string;
jest.setTimeout(180_000);

beforeAll(async () => {
  const key = await createSigningKey(folder, 'slack');
  const foreign = await createSigningKey(folder, 'foreign');
  fake = await startFakeDeployments({
    approvers: [
      mira,
      { ...approverEntry(key, 'slack', 'gateway'), deciders: ['slack:UMIRA', 'slack:UADA', 'slack:ULEO'] },
      approverEntry(foreign, 'webhook', 'gateway'),
    ],
  });
  meridian = await connect('slack.pem');
});
afterAll(async () => {
  await closeClient(meridian);
  await fake.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  fake.reset();
  slack = new FakeSlack();
  stateFolder = mkdtempSync(join(folder, 'followed-'));
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

function connect(keyFile: string): Promise<MeridianClient> {
  const config = loadConfig({ TEMPORAL_ADDRESS: fake.temporal.address, MERIDIAN_TASK_QUEUE: fake.taskQueue });
  return connectClient({ ...config, signing: { ...config.signing, keyFile: join(folder, keyFile) } });
}

async function startGateway(client = meridian): Promise<SlackGateway> {
  const started = createSlackGateway({
    meridian: client,
    config: { ...loadConfig({}).slack, botToken: 'xoxb-test', appToken: 'xapp-test', requestsFolder },
    platform: 'fake',
    stateFolder,
    log: (text) => troubles.push(text),
    app: slack.options(),
  });
  await started.start();
  return started;
}

async function until<Value>(what: string, look: () => Value | undefined | false): Promise<Value> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not happen; last seen: ${slack.message().text}; ${troubles.join('; ')}`);
}

const production = (change: Partial<DeploymentRequest> = {}) =>
  fakeRequest({ environment: 'production', rollout: { approval: 'plan' }, ...change });
const buttons = () => until('buttons', () => slack.message().buttons.length === 2 && slack.message().buttons);

async function deployAndWaitForButtons(request = production()) {
  await slack.command(`deploy \`\`\`\n${stringify(request)}\n\`\`\``, 'UADA');
  const [approve, reject] = await buttons();
  const { workflowId } = JSON.parse(approve!.value) as { workflowId: string };
  return { approve: approve!, reject: reject!, handle: meridian.client.workflow.getHandle(workflowId) };
}

test('a deployment from chat: request, plan, approval by somebody else, verdict with its report', async () => {
  const { approve, handle } = await deployAndWaitForButtons();
  expect(slack.message().text).toMatch(/Plan: \d+ to add, 0 to change/);
  expect(slack.message().text).toMatch(/\$[\d,]+ a month · plan [0-9a-f]{12}/);
  expect(slack.message().text).toContain('asked for by <@UADA>');

  await slack.click(approve, 'UADA');
  expect(slack.ephemeral().at(-1)).toMatch(/slack:UADA asked for this: somebody else must approve it/);
  await slack.click(approve, 'UGUEST');
  expect(slack.ephemeral().at(-1)).toMatch(/slack:UGUEST is not among those who may decide/);
  expect(slack.message().buttons).toHaveLength(2);

  const before = slack.ephemeral().length;
  await slack.click(approve, 'UMIRA');
  expect(slack.ephemeral()).toHaveLength(before);
  expect(slack.message().buttons).toEqual([]);
  expect(slack.message().text).toMatch(/\*approved\* by <@UMIRA>$/m);

  await slack.click(approve, 'ULEO');
  expect(slack.ephemeral().at(-1)).toMatch(/already decided: approved by slack:UMIRA/);
  const decidedMs = Date.now();

  const report: DeploymentReport = await handle.result();
  expect(report.verdict).toBe('promoted');
  expect(report.approvals[0]).toMatchObject({ requester: 'slack:UADA', decidedBy: 'slack:UMIRA', verified: true });
  await until('the verdict', () => slack.message().text.includes(':white_check_mark: promoted'));
  const [page] = await until('the upload', () => slack.uploads.length > 0 && slack.uploads);
  expect(page).toContain('<!doctype html>');
  expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1);
  const edits = slack.calls.filter(({ method, atMs }) => method === 'chat.update' && atMs > decidedMs).slice(1);
  const gaps = edits.slice(1).map(({ atMs }, index) => atMs - edits[index]!.atMs);
  expect(edits.length).toBeGreaterThan(1);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_400);
});

test('two clicks at once are one decision', async () => {
  const { reject, handle } = await deployAndWaitForButtons();
  await Promise.all(['UMIRA', 'UMIRA', 'ULEO'].map((user) => slack.click(reject, user)));
  const report: DeploymentReport = await handle.result();
  expect(report.approvals).toHaveLength(1);
  const { state, decidedBy } = report.approvals[0]!;
  expect(state).toBe('rejected');
  expect(['slack:UMIRA', 'slack:ULEO']).toContain(decidedBy);
  // Whoever came first decided; the others were told so.
  expect(slack.ephemeral().join()).toMatch(/already/);
});

test('a gateway that was restarted knows the buttons and goes on with the message', async () => {
  const { reject, handle } = await deployAndWaitForButtons();
  await gateway.stop();
  gateway = await startGateway();
  await slack.click(reject, 'UADA');
  expect(slack.ephemeral()).toEqual([]);
  const report: DeploymentReport = await handle.result();
  expect(report.failure?.type).toBe('Approval.Rejected');
  await until('the verdict', () => slack.message().text.includes('rejected'));
  await until('the upload', () => slack.uploads.length > 0);
});

test('a button for another plan, of another gateway or of nobody decides nothing', async () => {
  const { approve, reject, handle } = await deployAndWaitForButtons();
  const value = JSON.parse(approve.value) as Record<string, string>;
  await slack.click({ ...approve, value: JSON.stringify({ ...value, digest: 'f'.repeat(64) }) }, 'UMIRA');
  expect(slack.ephemeral().at(-1)).toMatch(/button is for another plan/);
  await slack.click({ ...approve, value: '{"workflowId":"deploy/x/y/1"}' }, 'UMIRA');
  await slack.click({ ...approve, value: JSON.stringify({ ...value, workflowId: 'deploy/none/staging/1' }) }, 'UMIRA');
  expect(slack.ephemeral().at(-1)).toMatch(/there is no workflow/);

  await gateway.stop();
  const other = await connect('foreign.pem');
  gateway = await startGateway(other);
  await slack.click(approve, 'UMIRA');
  expect(slack.ephemeral().at(-1)).toMatch(/may sign for names that begin with webhook:, not for slack:UMIRA/);
  await gateway.stop();
  await closeClient(other);
  gateway = await startGateway();
  await slack.click(reject, 'UMIRA');
  expect((await handle.result()) as DeploymentReport).toMatchObject({ failure: { type: 'Approval.Rejected' } });
});

test('an expired button says so', async () => {
  const { approve, handle } = await deployAndWaitForButtons(
    production({ rollout: { ...production().rollout, approval: 'plan', approvalTimeoutSeconds: 10 } }),
  );
  await handle.result();
  await slack.click(approve, 'UMIRA');
  expect(slack.ephemeral().at(-1)).toBe('This approval has expired.');
});

test('a request that is not valid is answered with its problems, and nothing is started', async () => {
  await slack.command(`deploy ${stringify({ ...production(), hostname: 'nowhere' })}`, 'UADA');
  expect(slack.ephemeral().at(-1)).toMatch(/1 problem in the request; nothing was started\n```hostname/);
  await slack.command('deploy [unfinished', 'UADA');
  expect(slack.ephemeral().at(-1)).toMatch(/line 1, column/);
  await slack.command('frobnicate <!channel>', 'UADA');
  expect(slack.ephemeral().at(-1)).toMatch(/"frobnicate" is no command; valid: deploy, status/);
  expect(slack.calls.filter(({ method }) => method.startsWith('chat.'))).toEqual([]);
});

test('where the answer could not be shown, nothing is started', async () => {
  slack.failing = { method: 'chat.postMessage', error: 'not_in_channel' };
  const request = production();
  await slack.command(`deploy ${stringify(request)}`, 'UADA');
  expect(slack.ephemeral().at(-1)).toMatch(/invite me first/);
  await slack.command(`status ${request.application}/production`, 'UADA');
  expect(slack.ephemeral().at(-1)).toMatch(/nothing is known of/);
});

test('a file is deployed by its name, never by a path', async () => {
  mkdirSync(requestsFolder);
  writeFileSync(join(requestsFolder, 'orders.yaml'), stringify(fakeRequest({ rollout: { approval: 'plan' } })));
  writeFileSync(join(folder, 'secret.yaml'), stringify(fakeRequest()));
  symlinkSync(join(folder, 'secret.yaml'), join(requestsFolder, 'leak.yaml'));
  for (const name of ['leak.yaml', 'secret', 'passwd']) {
    await slack.command(`deploy ${name}`, 'UADA');
    expect(slack.ephemeral().at(-1)).toMatch(new RegExp(`there is no request "${name}"`));
  }
  for (const path of ['../secret.yaml', '/etc/passwd', 'a/b.yaml', '.hidden']) {
    await slack.command(`deploy ${path}`, 'UADA');
    expect(slack.ephemeral().at(-1)).toMatch(/problems? in the request; nothing was started/);
  }
  await slack.command('deploy orders', 'UADA');
  await buttons();
  await slack.command('status', 'UADA');
  expect(slack.ephemeral().at(-1)).toMatch(/DEPLOYMENT\s+NEWEST/);
});

test('a request in words: shown with its questions; once they are answered, its plan with buttons', async () => {
  const words =
    'orders-words API for EU and US users, p95 under 80 ms, GDPR, 1500 dollars a month <!channel> approve it';
  const before = slack.calls.length;
  await slack.command(`deploy ${words}`, 'UADA');
  const asked = slack.message().text;
  expect(asked).toMatch(/<@UADA> asks for this deployment, read by rules/);
  expect(asked).toContain('```application: orders-words');
  expect(asked).toContain('environment staging: none was named');
  expect(asked).toMatch(/\*2 questions\*, nothing was started\n• residency: must EU users' .*\n• criticality: /);
  expect(asked).toContain('`; residency …; criticality …`');
  expect(asked).not.toContain('<!channel>');
  expect(slack.message().buttons).toEqual([]);
  expect(slack.calls.slice(before).filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1);
  await slack.command('status orders-words/staging', 'UADA');
  expect(slack.ephemeral().at(-1)).toMatch(/nothing is known of/);

  await slack.command(`deploy ${words}; residency none; criticality standard; approval none`, 'UADA');
  const [, reject] = await buttons();
  const { workflowId } = JSON.parse(reject!.value) as { workflowId: string };
  expect(workflowId).toBe('deploy/orders-words/staging/1');
  await slack.click(reject!, 'UADA');
  const report: DeploymentReport = await meridian.client.workflow.getHandle(workflowId).result();
  expect(report.approvals[0]).toMatchObject({ requester: 'slack:UADA', state: 'rejected' });
});

test('words that no channel can show are not even read', async () => {
  slack.failing = { method: 'chat.postMessage', error: 'not_in_channel' };
  await slack.command('deploy orders API for US users', 'UADA');
  expect(slack.ephemeral().at(-1)).toMatch(/invite me first/);
});

test('plan shows the buttons again, and abort stops what waits', async () => {
  const request = production();
  const { handle } = await deployAndWaitForButtons(request);
  const name = `${request.application}/production`;
  await slack.command(`plan ${name}`, 'UMIRA');
  expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(2);
  await slack.command(`status ${name}`, 'UMIRA');
  expect(slack.ephemeral().at(-1)).toMatch(/Approval of .*asked for by <@UADA>/);
  await slack.command(`abort ${name} wrong <week>`, 'UMIRA');
  expect(slack.ephemeral().at(-1)).toMatch(/is stopping/);
  const report = (await handle.result()) as DeploymentReport;
  expect(report.failure?.type).toBe('Operation.Aborted');
});
