import { join } from 'node:path';
import { App, type AppOptions, type BlockButtonAction } from '@slack/bolt';
import type { PlatformKind } from '../../contracts/region';
import type { SlackConfig } from '../../temporal.config';
import { acknowledgeAlert } from '../alerts';
import { ClientProblem } from '../client-problem';
import type { MeridianClient } from '../connection';
import { ACKNOWLEDGE_ACTION, parseAcknowledgeButton } from './alert-message';
import { boltLogger } from './bolt-logger';
import { APPROVE_ACTION, parseButton, REJECT_ACTION } from './buttons';
import { type FollowedMessage, FollowedMessages } from './followed-messages';
import { Followers } from './followers';
import { handleClick } from './handle-click';
import { postAlerts } from './post-alerts';
import { PostedNotices } from './posted-notices';
import { runSlashCommand } from './run-slash-command';
import { escaped } from './slack-text';
import { parseSlashCommand } from './slash-command';

export interface SlackGatewayInput {
  meridian: MeridianClient;
  config: SlackConfig;
  /** where a request in words that names no platform is deployed */
  platform: PlatformKind;
  /** absolute path: where it is kept which messages are followed */
  stateFolder: string;
  log: (text: string) => void;
  /** for tests: a receiver and a fetch of their own */
  app?: Partial<AppOptions>;
}

export interface SlackGateway {
  app: App;
  /** Connects or listens, and goes on with the messages that an earlier run followed. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Meridian in Slack: `/meridian …` and the buttons under its messages. */
export function createSlackGateway({
  meridian,
  config,
  platform,
  stateFolder,
  log,
  app: options,
}: SlackGatewayInput): SlackGateway {
  const app = new App({ ...slackConnection(config), logger: boltLogger(log), ...options });
  const followers = new Followers(meridian, app.client, new FollowedMessages(stateFolder), log);
  app.error(async (error) => log(error.message));
  app.command('/meridian', async ({ ack, command, client, respond }) => {
    // Slack waits three seconds for this and shows an error after that.
    await ack();
    const { channel_id: channel, user_id: userId } = command;
    const { requestsFolder } = config;
    const follow = (message: FollowedMessage) => followers.follow(message);
    const answer = await answerOrProblem(() =>
      runSlashCommand(parseSlashCommand(command.text), {
        ...{ meridian, slack: client, channel, userId, requestsFolder, platform, follow },
      }),
    );
    if (answer !== undefined) await respond({ response_type: 'ephemeral', text: answer });
  });
  for (const [actionId, decision] of [[APPROVE_ACTION, 'approve'] as const, [REJECT_ACTION, 'reject'] as const])
    app.action<BlockButtonAction>(actionId, async ({ ack, action, body, client, respond }) => {
      await ack();
      const button = parseButton(action.value);
      const { channel, message, user } = body;
      if (!button || !channel || !message) return;
      const place = { channel: channel.id, ts: message.ts };
      const refusal = await handleClick(meridian, client, { button, decision, userId: user.id, ...place });
      if (refusal !== undefined)
        await respond({ response_type: 'ephemeral', replace_original: false, text: escaped(refusal) });
      await followers.follow({ workflowId: button.workflowId, ...place });
    });
  app.action<BlockButtonAction>(new RegExp(`^${ACKNOWLEDGE_ACTION}:`), async ({ ack, action, body, respond }) => {
    await ack();
    const button = parseAcknowledgeButton(action.value);
    if (!button) return;
    const { alertId, ...key } = button;
    const problem = await answerOrProblem(async () => {
      await acknowledgeAlert(meridian, key, { alertId, by: `slack:${body.user.id}` });
      return undefined;
    });
    if (problem !== undefined) await respond({ response_type: 'ephemeral', replace_original: false, text: problem });
  });
  const ended = new AbortController();
  let posting = Promise.resolve();
  return {
    app,
    start: async () => {
      await app.start(config.port);
      await followers.resume();
      const { alertsChannel: channel } = config;
      const posted = new PostedNotices(join(stateFolder, 'alerts'));
      if (channel !== undefined)
        posting = postAlerts({ meridian, slack: app.client, channel, posted, signal: ended.signal, onTrouble: log });
    },
    stop: async () => {
      ended.abort();
      await posting;
      await app.stop();
      await followers.stop();
    },
  };
}

/**
 * How Bolt connects; socket mode needs no public address, so it comes first. Throws a ClientProblem that names the
 * variable that is missing.
 */
export function slackConnection({ botToken, appToken, signingSecret }: SlackConfig): AppOptions {
  if (!botToken) throw missing('SLACK_BOT_TOKEN');
  if (appToken) return { token: botToken, appToken, socketMode: true };
  if (signingSecret) return { token: botToken, signingSecret };
  throw missing('SLACK_APP_TOKEN (socket mode) or SLACK_SIGNING_SECRET (HTTP)');
}

function missing(name: string): ClientProblem {
  return new ClientProblem('bad-input', `${name} is not set`, 'docs/slack.md says where to find it');
}

/** Errors of Slack itself, such as a channel that the bot is not in, are answers too. */
async function answerOrProblem(run: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ClientProblem) return escaped([error.message, error.hint].filter(Boolean).join('\n'));
    const code = (error as { data?: { error?: string } }).data?.error;
    if (code === 'not_in_channel' || code === 'channel_not_found')
      return 'I am not in this channel: invite me first (`/invite @Meridian`). Nothing was started.';
    throw error;
  }
}
