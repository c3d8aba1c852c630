import type { MeridianClient } from '../connection';
import { createDecisionServer } from './decision-server';
import { type DeliverOptions, deliver } from './deliver';
import { watchEvents } from './watch-events';
import type { WebhookConfig } from './webhook-config';
import type { WebhookEvent } from './webhook-event';

export interface WebhookGatewayInput {
  meridian: MeridianClient;
  config: WebhookConfig;
  log: (text: string) => void;
  delivery?: Omit<DeliverOptions, 'signal'>;
  /** time between two looks at the deployments */
  pollMs?: number;
}

export interface WebhookGateway {
  /** where decisions are taken; undefined when there is no source of any */
  url: string | undefined;
  stop(): Promise<void>;
}

/** Tells endpoints what happens and takes decisions from sources, until it is stopped. */
export async function startWebhookGateway({
  meridian,
  config: { endpoints, sources, host, port },
  log,
  delivery,
  pollMs,
}: WebhookGatewayInput): Promise<WebhookGateway> {
  const server = sources.length > 0 ? createDecisionServer(meridian, sources) : undefined;
  const url = await server?.listen({ host, port });
  const ended = new AbortController();
  const { signal } = ended;
  const deliveries = new Set<Promise<void>>();
  const tell = (event: WebhookEvent) => {
    for (const endpoint of endpoints.filter(({ events }) => events.includes(event.type))) {
      const delivered = deliver(endpoint, event, { ...delivery, signal })
        .then((problem) => {
          if (problem !== undefined) log(`${event.type} ${event.id} was not taken by ${endpoint.name}: ${problem}`);
        })
        .finally(() => deliveries.delete(delivered));
      deliveries.add(delivered);
    }
  };
  const watching =
    endpoints.length > 0
      ? watchEvents(meridian, tell, { signal, onTrouble: log, ...(pollMs !== undefined && { pollMs }) })
      : Promise.resolve();
  return {
    url,
    stop: async () => {
      ended.abort();
      await server?.close();
      await watching;
      await Promise.all(deliveries);
    },
  };
}
