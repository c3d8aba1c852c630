import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { webApi } from '@slack/bolt';
import type { Notice } from '../../contracts/alert';
import { listWatches, readAlerts, type WatchListing } from '../alerts';
import type { MeridianClient } from '../connection';
import { alertMessage } from './alert-message';
import type { PostedNotices } from './posted-notices';

const POLL_MS = 3_000;
/** What was told while no gateway ran is posted late, but not a day late. */
const LOOK_BACK_MS = 3_600_000;

export interface PostAlertsInput {
  meridian: MeridianClient;
  slack: webApi.WebClient;
  /** Slack's id of the channel */
  channel: string;
  posted: PostedNotices;
  signal: AbortSignal;
  onTrouble: (text: string) => void;
  pollMs?: number;
}

/** Posts what watches tell people into a channel, each notice once, and keeps the messages up to date while they are in the outbox. */
export async function postAlerts({ signal, onTrouble, pollMs = POLL_MS, ...input }: PostAlertsInput): Promise<void> {
  let trouble = '';
  while (!signal.aborted) {
    try {
      await postAll(input);
      trouble = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== trouble) onTrouble(`alerts: ${message}`);
      trouble = message;
    }
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
}

type Place = Omit<PostAlertsInput, 'signal' | 'onTrouble' | 'pollMs'>;

async function postAll(place: Place): Promise<void> {
  const keys: string[] = [];
  for (const watch of await listWatches(place.meridian)) keys.push(...(await postWatch(place, watch)));
  await place.posted.keepOnly(keys);
}

/** Returns the keys of all notices that the watch still knows. */
async function postWatch(place: Place, watch: WatchListing): Promise<string[]> {
  const { notices, alerts } = await readAlerts(place.meridian, watch);
  for (const notice of notices) {
    const about = alerts.filter(({ id }) => notice.alerts.includes(id));
    await show(place, keyOf(watch, notice), alertMessage(watch, notice, about), Date.parse(notice.at));
  }
  return notices.map((notice) => keyOf(watch, notice));
}

/** Ids begin anew with every watch; its time tells them apart. */
function keyOf({ workflowId }: WatchListing, { id, at }: Notice): string {
  return `${workflowId} ${id} ${at}`;
}

async function show(
  { slack, channel, posted }: Place,
  key: string,
  message: ReturnType<typeof alertMessage>,
  atMs: number,
): Promise<void> {
  const shown = createHash('sha256').update(JSON.stringify(message)).digest('hex');
  const before = await posted.find(key);
  if (before?.shown === shown) return;
  if (before) {
    await slack.chat.update({ channel: before.channel, ts: before.ts, ...message });
    await posted.put(key, { ...before, shown });
  } else if (atMs >= Date.now() - LOOK_BACK_MS) {
    const { ts } = await slack.chat.postMessage({ channel, ...message });
    await posted.put(key, { channel, ts: String(ts), shown });
  }
}
