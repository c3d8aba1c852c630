import { createHash } from 'node:crypto';
import { operationsOf } from './stack-events';
import type { StackSession } from './stack-session';

/** What CloudFormation takes both as client token and as name of a change set, with room for a suffix. */
const VALID = /^[A-Za-z][A-Za-z0-9-]{0,99}$/;

/** The idempotency token of an act as CloudFormation takes it: the same text wherever that is possible. */
export function clientToken(token: string): string {
  return VALID.test(token) ? token : `meridian-${createHash('sha256').update(token).digest('hex').slice(0, 48)}`;
}

/**
 * Starts an operation on a stack once. A repeated call whose first answer was lost is refused by CloudFormation because
 * the operation is under way: an event with the token says that it is this one.
 */
export async function startOnce(
  session: StackSession,
  stackId: string,
  token: string,
  start: () => Promise<unknown>,
): Promise<void> {
  try {
    await start();
  } catch (error) {
    const started = await operationsOf(session, stackId, token).catch(() => []);
    if (!started.some((operation) => operation.token === token)) throw error;
  }
}
