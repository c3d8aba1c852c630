import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { oneRow } from './connect';

const IN_FORCE_WITHIN_MS = 1_000;
const POLL_MS = 5;

/**
 * Makes commits wait for so many of these standbys, whichever; for none when there are none. Returns when the server has
 * heard of it, throws when it does not in time. Done already does nothing.
 */
export async function setSynchronousStandbys(
  client: Client,
  regions: readonly string[],
  quorum: number,
): Promise<void> {
  const listed = [...regions].sort().map((region) => `"${region}"`);
  const names = listed.length > 0 ? `ANY ${quorum} (${listed.join(', ')})` : '';
  const isInForce = async () => {
    const asked = `select current_setting('synchronous_standby_names') as present`;
    return (await oneRow<{ present: string }>(client, asked)).present === names;
  };
  if (await isInForce()) return;
  await client.query(`alter system set synchronous_standby_names = ${client.escapeLiteral(names)}`);
  await client.query('select pg_reload_conf()');
  for (const deadline = Date.now() + IN_FORCE_WITHIN_MS; !(await isInForce()); await sleep(POLL_MS)) {
    if (Date.now() > deadline) throw new Error(`synchronous_standby_names is not "${names}" in time`);
  }
}

/** Which of these regions have a standby that streams from this primary now. */
export async function streamingStandbys(client: Client, regions: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ region: string }>(
    `select application_name as region from pg_stat_replication where state = 'streaming' order by 1`,
  );
  return rows.map(({ region }) => region).filter((region) => regions.includes(region));
}
