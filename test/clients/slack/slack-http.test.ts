import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeridianClient } from '../../../clients/connection';
import { createSlackGateway, type SlackGateway, slackConnection } from '../../../clients/slack/slack-gateway';
import { loadConfig } from '../../../temporal.config';
import { freePort } from '../../support/free-port';
import { FakeSlack } from './fake-slack';

const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
const folder = mkdtempSync(join(tmpdir(), 'meridian-slack-http-'));
/** What is asked here needs no server. */
const nobody = {} as MeridianClient;
const log = () => {};
let slack: FakeSlack;
let gateway: SlackGateway;
let port: number;

beforeAll(async () => {
  port = await freePort();
  slack = new FakeSlack();
  const { receiver: _, ...app } = slack.options();
  gateway = createSlackGateway({
    ...{ meridian: nobody, platform: 'lab' as const, stateFolder: folder, log, app },
    config: { ...loadConfig({}).slack, botToken: 'xoxb-test', signingSecret, port },
  });
  await gateway.start();
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

const help = new URLSearchParams({
  ...{ command: '/meridian', text: 'help', user_id: 'U1', channel_id: 'C1', team_id: 'T1', token: 'x' },
  response_url: 'https://hooks.slack.test/command',
}).toString();

function post(body: string, { secret = signingSecret, ageSeconds = 0, signed = body } = {}): Promise<Response> {
  const timestamp = String(Math.floor(Date.now() / 1_000) - ageSeconds);
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${signed}`).digest('hex')}`;
  return fetch(`http://127.0.0.1:${port}/slack/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    },
    body,
  });
}

test('a request that Slack signed is answered', async () => {
  expect((await post(help)).status).toBe(200);
  for (let tries = 0; slack.ephemeral().length === 0 && tries < 100; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(slack.ephemeral()).toEqual([expect.stringContaining('/meridian deploy REQUEST')]);
});

test.each([
  ['another secret', { secret: 'guessed' }],
  ['another body than was signed', { signed: help.replace('help', 'status') }],
  ['a signature of more than five minutes ago', { ageSeconds: 301 }],
])('%s is refused, and nothing happens', async (_what, forged) => {
  const before = slack.calls.length;
  expect((await post(help, forged)).status).toBe(401);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(slack.calls).toHaveLength(before);
});

test.each([
  [{}, 'SLACK_BOT_TOKEN is not set'],
  [{ botToken: 'xoxb-1' }, 'SLACK_APP_TOKEN (socket mode) or SLACK_SIGNING_SECRET (HTTP) is not set'],
])('with %j it says what is missing', (some, problem) => {
  const config = { ...loadConfig({}).slack, ...some };
  expect(() => slackConnection(config)).toThrow(problem);
});
