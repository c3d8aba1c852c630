import { once } from 'node:events';
import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient } from '../../connection';
import { plural } from '../../format';
import { readWebhookConfig } from '../../webhook/webhook-config';
import { startWebhookGateway } from '../../webhook/webhook-gateway';
import { EXIT } from '../exit-codes';
import type { Terminal } from '../terminal';

/** Runs the webhook gateway until the signal is aborted. */
export async function runWebhook(signal: AbortSignal, { err }: Terminal): Promise<number> {
  const loaded = loadConfig();
  const config = await readWebhookConfig(loaded.webhooksFile);
  const meridian = await connectClient(loaded);
  try {
    if (!meridian.signer) err('MERIDIAN_SIGNING_KEY is not set: nobody can decide for production from here\n');
    const gateway = await startWebhookGateway({ meridian, config, log: (text) => err(`${text}\n`) });
    err(`telling ${plural(config.endpoints.length, 'endpoint')}`);
    err(gateway.url === undefined ? '\n' : `, taking decisions at ${gateway.url}/decisions\n`);
    if (!signal.aborted) await once(signal, 'abort');
    await gateway.stop();
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
