import { setTimeout as sleep } from 'node:timers/promises';
import { signWebhook } from './standard-webhook';
import type { Endpoint } from './webhook-config';
import type { WebhookEvent } from './webhook-event';

/** As the specification advises: soon at first, then with patience. The id stays, so that a receiver can tell. */
const RETRY_AFTER_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000];
const TIMEOUT_MS = 15_000;
const GONE = 410;

export interface DeliverOptions {
  signal: AbortSignal;
  fetch?: typeof fetch;
  /** waits between attempts, in milliseconds */
  retryAfterMs?: readonly number[];
}

/** Posts an event until the endpoint takes it. Returns why it gave up; undefined when the event was taken. */
export async function deliver(
  { url, secret }: Pick<Endpoint, 'url' | 'secret'>,
  { id, ...event }: WebhookEvent,
  { signal, fetch: post = fetch, retryAfterMs = RETRY_AFTER_MS }: DeliverOptions,
): Promise<string | undefined> {
  const body = JSON.stringify(event);
  let problem = 'not tried';
  for (const waitMs of [0, ...retryAfterMs]) {
    const isStopped = await sleep(waitMs, undefined, { signal }).then(
      () => signal.aborted,
      () => true,
    );
    if (isStopped) return `stopped; ${problem}`;
    const outcome = await attempt(url, { ...signWebhook(secret, id, Date.now(), body) }, body, post, signal);
    if (outcome === 'taken') return undefined;
    problem = outcome.problem;
    if (outcome.final) return problem;
  }
  return problem;
}

async function attempt(
  url: string,
  signature: Record<string, string>,
  body: string,
  post: typeof fetch,
  signal: AbortSignal,
): Promise<'taken' | { problem: string; final: boolean }> {
  try {
    const { ok, status } = await post(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signature },
      body,
      // Somewhere else, the body would be in other hands than those it was meant for.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    return ok ? 'taken' : { problem: `answered ${status}`, final: status === GONE };
  } catch (error) {
    // "fetch failed" alone tells nobody anything.
    const { message, cause } = error as Error & { cause?: Error };
    return { problem: cause ? `${message}: ${cause.message}` : message, final: false };
  }
}
