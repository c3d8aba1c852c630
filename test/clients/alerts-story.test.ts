import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { acknowledgeAlert, listWatches, readAlerts, readHealth } from '../../clients/alerts';
import { renderAlerts, renderHealth } from '../../clients/cli/render-health';
import { closeClient, connectClient, type MeridianClient } from '../../clients/connection';
import { createSlackGateway, type SlackGateway } from '../../clients/slack/slack-gateway';
import { startWebhookGateway, type WebhookGateway } from '../../clients/webhook/webhook-gateway';
import type { Alert } from '../../contracts/alert';
import { openAlerts } from '../../policies/health/alert-book';
import { loadConfig } from '../../temporal.config';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { goLive, type LiveFake } from '../support/live-fake';
import { startWatch, type WatchedFake } from '../support/watched-deployment';
import { FakeSlack } from './slack/fake-slack';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'meridian-alerts-'));
const told: Array<{ id: string; type: string; data: { notice?: string; severity?: string; alerts?: Alert[] } }> = [];
const troubles: string[] = [];
const slack = new FakeSlack();
let fake: FakeDeployments;
let live: LiveFake;
let watch: WatchedFake;
let meridian: MeridianClient;
let endpoint: Server;
let webhook: WebhookGateway;
let chat: SlackGateway;

beforeAll(async () => {
  fake = await startFakeDeployments({ dynamicConfig: ['history.timerProcessorMaxTimeShift="20ms"'] });
  live = await goLive(fake, { recovery: { rtoSeconds: 600, rpoSeconds: 60, automation: 'off' } });
  watch = await startWatch(fake, live);
  meridian = await connectClient(
    loadConfig({ TEMPORAL_ADDRESS: fake.temporal.address, MERIDIAN_TASK_QUEUE: fake.taskQueue }),
  );
  endpoint = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    told.push({ id: String(request.headers['webhook-id']), ...JSON.parse(Buffer.concat(chunks).toString()) });
    response.end();
  });
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  webhook = await startWebhookGateway({
    meridian,
    config: {
      ...{ host: '127.0.0.1', port: 0, sources: [] },
      endpoints: [{ name: 'pager', url, secret, events: ['health.alert'] }],
    },
    log: (text) => troubles.push(text),
    pollMs: 200,
  });
  chat = startChat();
  await chat.start();
});
afterAll(async () => {
  await watch.end();
  await chat.stop();
  await webhook.stop();
  endpoint.close();
  await closeClient(meridian);
  await fake.stop();
  rmSync(folder, { recursive: true });
});

function startChat(): SlackGateway {
  const config = { ...loadConfig({ MERIDIAN_SLACK_ALERTS: 'C1' }).slack, botToken: 'xoxb-test', appToken: 'xapp-test' };
  const common = { meridian, config, platform: 'fake' as const, stateFolder: folder };
  return createSlackGateway({ ...common, log: (text) => troubles.push(text), app: slack.options() });
}

async function until<Value>(what: string, look: () => Value | undefined | false): Promise<Value> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not happen: ${JSON.stringify(told)}; ${troubles.join('; ')}`);
}

const posts = () => slack.calls.filter(({ method }) => method === 'chat.postMessage');
const health = async () => renderHealth(await readHealth(meridian, live.request), pc.createColors(false));

it('from the loss of a primary to its end: table, webhook, chat, acknowledgement', async () => {
  const name = `${live.request.application}/staging`;
  expect(await health()).toMatch(
    new RegExp(
      `^${name}: writes in ${live.primary}, automation off, looked at .* UTC\n\nREGION +ROLE +HEALTH +LEVEL +COMPUTE`,
    ),
  );
  expect(await health()).toMatch(
    new RegExp(`${live.primary} +primary +100 +green +100 +100 +- +100 +10 ms|20 ms +closed`),
  );
  expect(renderAlerts(openAlerts(await readAlerts(meridian, live.request)), pc.createColors(false))).toBe(
    'no alert is open\n',
  );
  expect(await listWatches(meridian)).toContainEqual(expect.objectContaining({ workflowId: `watch/${name}` }));

  fake.cloud.sick.add(live.primary);
  await watch.checks(4);
  expect(await health()).toMatch(new RegExp(`${live.primary} +primary +33 +red +0 +100 +- +0 .* open`));
  expect(await health()).toContain(`  ${live.primary} compute 0: api 0/1 tasks, no answer`);
  const event = await until('the webhook', () => told[0]);
  expect(event).toMatchObject({ type: 'health.alert', data: { notice: 'opened', severity: 'critical' } });
  expect(event.data.alerts).toMatchObject([{ key: `down/${live.primary}`, severity: 'critical' }]);

  const [post] = await until('the post', () => posts().length > 0 && posts());
  expect(post?.body).toMatchObject({ channel: 'C1' });
  expect(post?.blocks.map(({ text }) => text?.text).join('\n')).toContain(
    `*the primary region ${live.primary} is down* (open)`,
  );
  const button = post?.blocks.flatMap(({ elements = [] }) => elements)[0];
  await slack.click(button!, 'UMIRA');
  await until('the edit', () => slack.message().text.includes('<@UMIRA> looks after it'));
  expect(slack.message().buttons).toEqual([]);
  const open = openAlerts(await readAlerts(meridian, live.request));
  expect(open[0]?.acknowledged?.by).toBe('slack:UMIRA');
  expect(renderAlerts(open, pc.createColors(false))).toMatch(
    /^a2 {2}critical {2}the primary region .* is down\n {4}since .* UTC, acknowledged by slack:UMIRA /,
  );
  await expect(acknowledgeAlert(meridian, live.request, { alertId: 'a77', by: 'leo' })).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('alert a77 is not known here; open are a2'),
  });

  fake.cloud.sick.clear();
  await watch.checks(1);
  await until('the end of it', () => told.find(({ data }) => data.notice === 'recovered'));
  await until('the post of it', () => posts().length === 2);
  expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
  expect(troubles).toEqual([]);
});

it('a gateway that starts again posts nothing twice', async () => {
  const before = posts().length;
  await chat.stop();
  chat = startChat();
  await chat.start();
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(posts()).toHaveLength(before);
});

it('a deployment without a watch is said to have none, one that never was is unknown', async () => {
  await watch.end();
  await expect(readHealth(meridian, live.request)).resolves.toBeDefined();
  await expect(readHealth(meridian, { application: 'nobody', environment: 'staging' })).rejects.toMatchObject({
    code: 'not-found',
    message: 'nothing is known of nobody/staging',
  });
});
