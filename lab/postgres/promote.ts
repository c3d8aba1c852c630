import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { oneRow } from './connect';

/** A promotion signal that falls into the wait for a lost primary is slept over; it is sent again after this long. */
const SIGNAL_AGAIN_MS = 150;
const POLL_MS = 5;
/** object_not_in_prerequisite_state: "recovery is not in progress" */
const NOT_IN_RECOVERY = '55000';
const DEADLINE_MS = 10_000;

/** Makes a standby the primary and returns once it takes writes. Throws when it is still in recovery after 10 s. */
export async function promoteStandby(client: Client): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  let signalledAt = 0;
  while ((await oneRow<{ standby: boolean }>(client, 'select pg_is_in_recovery() as standby')).standby) {
    if (Date.now() > deadline) throw new Error('the standby is still in recovery 10 s after its promotion');
    if (Date.now() - signalledAt > SIGNAL_AGAIN_MS) {
      await client.query('select pg_promote(false)').catch((error: unknown) => {
        // promoted between the question and the signal
        if ((error as { code?: unknown }).code !== NOT_IN_RECOVERY) throw error;
      });
      signalledAt = Date.now();
    }
    await sleep(POLL_MS);
  }
}
