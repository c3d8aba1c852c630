import { once } from 'node:events';
import { join } from 'node:path';
import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient } from '../../connection';
import { createSlackGateway, slackConnection } from '../../slack/slack-gateway';
import { EXIT } from '../exit-codes';
import type { Terminal } from '../terminal';
import { defaultPlatform } from './deploy';

/** Runs the Slack gateway until the signal is aborted. */
export async function runSlack(signal: AbortSignal, { err }: Terminal): Promise<number> {
  const config = loadConfig();
  slackConnection(config.slack);
  const meridian = await connectClient(config);
  try {
    const gateway = createSlackGateway({
      meridian,
      config: config.slack,
      platform: defaultPlatform(),
      stateFolder: join(config.home, 'slack'),
      log: (text) => err(`${text}\n`),
    });
    if (!meridian.signer) err('MERIDIAN_SIGNING_KEY is not set: nobody can decide for production from here\n');
    await gateway.start();
    err(config.slack.appToken ? 'connected to Slack\n' : `listening for Slack on port ${config.slack.port}\n`);
    if (!signal.aborted) await once(signal, 'abort');
    await gateway.stop();
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
