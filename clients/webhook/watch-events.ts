import { setTimeout as sleep } from 'node:timers/promises';
import { listWatches, readAlerts, type WatchListing } from '../alerts';
import { ClientProblem } from '../client-problem';
import type { MeridianClient } from '../connection';
import { deploymentResult, listDeployments, type OperationListing, queryProgress } from '../observe';
import { approvalWaiting, deploymentAlert, deploymentEnded, healthAlert, type WebhookEvent } from './webhook-event';

const POLL_MS = 2_000;
/** What ended while nobody watched is told, with the id it always had, when it ended within this time. */
const LOOK_BACK_MS = 3_600_000;

export interface WatchEventsOptions {
  signal: AbortSignal;
  onTrouble: (text: string) => void;
  pollMs?: number;
}

/**
 * Looks at all deployments every few seconds and tells what is new about them. Each event is told once per run of the
 * watcher; a later run tells what still holds again, under the same id.
 */
export async function watchEvents(
  meridian: MeridianClient,
  onEvent: (event: WebhookEvent) => void,
  { signal, onTrouble, pollMs = POLL_MS }: WatchEventsOptions,
): Promise<void> {
  const told = new Set<string>();
  const settled = new Set<string>();
  const tell = (events: readonly WebhookEvent[]) => {
    for (const event of events) {
      if (!told.has(event.id)) onEvent(event);
      told.add(event.id);
    }
  };
  const tellNew = async (operation: OperationListing) => {
    tell(await eventsOf(meridian, operation));
    if (operation.status !== 'RUNNING') settled.add(operation.runId);
  };
  const troubles = new Troubles(onTrouble);
  while (!signal.aborted) {
    const operations = (await troubles.watch('the list', () => listDeployments(meridian))) ?? [];
    // One deployment that does not answer is no reason to be silent about the others.
    for (const operation of operations.filter((one) => one.kind === 'deploy' && !settled.has(one.runId)))
      await troubles.watch(operation.workflowId, () => tellNew(operation));
    const watches = (await troubles.watch('the watches', () => listWatches(meridian))) ?? [];
    for (const watch of watches)
      await troubles.watch(watch.workflowId, async () => tell(await noticesOf(meridian, watch)));
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
}

/** Says what is wrong once, however often it is met in a row. */
class Troubles {
  private readonly known = new Map<string, string>();

  constructor(private readonly onTrouble: (text: string) => void) {}

  async watch<Result>(about: string, run: () => Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await run();
      this.known.delete(about);
      return result;
    } catch (error) {
      const { message } = error as Error;
      if (this.known.get(about) !== message) this.onTrouble(`${about}: ${message}`);
      this.known.set(about, message);
      return undefined;
    }
  }
}

async function eventsOf(meridian: MeridianClient, operation: OperationListing): Promise<WebhookEvent[]> {
  if (operation.status === 'RUNNING') return presentEvents(meridian, operation);
  const endedAt = operation.endedAt ?? new Date().toISOString();
  if (Date.parse(endedAt) < Date.now() - LOOK_BACK_MS) return [];
  try {
    return [deploymentEnded(operation, await deploymentResult(meridian, operation.workflowId))];
  } catch (error) {
    const isEnd = error instanceof ClientProblem && (error.code === 'stopped' || error.code === 'workflow-failed');
    if (!isEnd) throw error;
    return [deploymentAlert(operation, `ended without a report: ${error.message}`, endedAt)];
  }
}

async function presentEvents(meridian: MeridianClient, operation: OperationListing): Promise<WebhookEvent[]> {
  const { phase, approval, events } = await queryProgress(meridian, operation.workflowId);
  return [
    ...(approval?.state === 'waiting' ? [approvalWaiting(operation, approval)] : []),
    ...(phase === 'undoing'
      ? [deploymentAlert(operation, 'undoes what it did', events.at(-1)?.at ?? new Date().toISOString())]
      : []),
  ];
}

/** What a watch has told people within the time that is looked back. */
async function noticesOf(meridian: MeridianClient, watch: WatchListing): Promise<WebhookEvent[]> {
  const { notices, alerts } = await readAlerts(meridian, watch);
  return notices
    .filter(({ at }) => Date.parse(at) >= Date.now() - LOOK_BACK_MS)
    .map((notice) =>
      healthAlert(
        watch,
        notice,
        alerts.filter(({ id }) => notice.alerts.includes(id)),
      ),
    );
}
