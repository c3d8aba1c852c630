import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signed webhooks as in the Standard Webhooks specification 1.0.0 (https://www.standardwebhooks.com): HMAC-SHA256 over
 * "id.timestamp.body", the timestamp in seconds, secrets as "whsec_" and base64.
 */

/** An older or newer message is a replay, or comes from a machine with a wrong clock. */
export const TOLERANCE_SECONDS = 5 * 60;
/** As the specification has it: 24 to 64 random bytes. */
export const SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

export interface WebhookHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/** @param timestampMs is cut to seconds */
export function signWebhook(secret: string, id: string, timestampMs: number, body: string): WebhookHeaders {
  const timestamp = String(Math.floor(timestampMs / 1_000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${digest(secret, id, timestamp, body).toString('base64')}`,
  };
}

/**
 * Why a message does not come from the holder of the secret, now; undefined when it does. The caller refuses an id that
 * it has seen. Comparison takes the same time wherever signatures differ.
 */
export function webhookProblem(
  secret: string,
  {
    id,
    timestamp,
    signature,
  }: { id: string | undefined; timestamp: string | undefined; signature: string | undefined },
  body: string,
  nowMs: number,
): string | undefined {
  if (!id || !timestamp || !signature) return 'webhook-id, webhook-timestamp and webhook-signature are needed';
  if (!/^\d{1,12}$/.test(timestamp)) return 'webhook-timestamp must be seconds since 1970';
  if (Math.abs(nowMs / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS)
    return 'webhook-timestamp is more than 5 minutes away from now';
  const expected = digest(secret, id, timestamp, body);
  // Several signatures, separated by spaces: the sender may be changing its secret.
  const matches = signature.split(' ').filter((candidate) => isSame(candidate, expected));
  return matches.length > 0 ? undefined : 'webhook-signature is wrong';
}

function digest(secret: string, id: string, timestamp: string, body: string): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
}

function isSame(candidate: string, expected: Buffer): boolean {
  const [version, text = ''] = candidate.split(',', 2);
  const bytes = Buffer.from(text, 'base64');
  return version === 'v1' && bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
