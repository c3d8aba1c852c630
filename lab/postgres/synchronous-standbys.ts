import type { Client } from 'pg';
import { oneRow } from './connect';

/** Makes commits wait for so many of these standbys, whichever; for none when there are none. Done already does nothing. */
export async function setSynchronousStandbys(
  client: Client,
  regions: readonly string[],
  quorum: number,
): Promise<void> {
  const listed = [...regions].sort().map((region) => `"${region}"`);
  const names = listed.length > 0 ? `ANY ${quorum} (${listed.join(', ')})` : '';
  const { present } = await oneRow<{ present: string }>(
    client,
    `select current_setting('synchronous_standby_names') as present`,
  );
  if (present === names) return;
  await client.query(`alter system set synchronous_standby_names = ${client.escapeLiteral(names)}`);
  await client.query('select pg_reload_conf()');
}

/** Which of these regions have a standby that streams from this primary now. */
export async function streamingStandbys(client: Client, regions: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ region: string }>(
    `select application_name as region from pg_stat_replication where state = 'streaming' order by 1`,
  );
  return rows.map(({ region }) => region).filter((region) => regions.includes(region));
}
