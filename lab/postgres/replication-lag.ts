import type { Client } from 'pg';
import { type AdministratorAccess, oneRow, withDatabase } from './connect';
import { type DatabaseState, positionBytes } from './database-state';

export interface ReplicationLag {
  /** age of the oldest transaction that the standby has not replayed; 0 when it has replayed all */
  lagMs: number;
  lagBytes: number;
  /** the replication connection is encrypted; absent when there is none */
  tls?: boolean;
}

/** Looked back at most this many transactions: older ones only make a large lag larger. */
const TRANSACTIONS_LOOKED_AT = 20_000;

/**
 * How far a standby is behind, asked of the primary: commit times are kept there (`track_commit_timestamp`), so the age
 * of the oldest transaction that is missing is read, not guessed from the clock of an idle standby.
 * `since` (ISO) stands in for a standby that has replayed no transaction yet: the time it was cloned at.
 */
export function replicationLag(
  primary: AdministratorAccess,
  standby: { region: string; state: DatabaseState; since: string },
): Promise<ReplicationLag> {
  return withDatabase(primary, async (client) => {
    const { position } = await oneRow<{ position: string }>(
      client,
      'select pg_current_wal_flush_lsn()::text as position',
    );
    const lagBytes = Number(positionBytes(position) - positionBytes(standby.state.replayed));
    const lagMs = lagBytes <= 0 ? 0 : await missingForMs(client, standby.state.lastReplayedAt ?? standby.since);
    return { lagMs, lagBytes: Math.max(0, lagBytes), tls: await isEncrypted(client, standby.region) };
  });
}

/** A primary that has seen no commit since it started cannot say which is missing: then all since the last replayed one may be. */
async function missingForMs(client: Client, replayedAt: string): Promise<number> {
  const query = `
    with last as (select xid::text::bigint as xid from pg_last_committed_xact())
    select case when (select xid from last) is null
      then extract(epoch from clock_timestamp() - $1::timestamptz) * 1000
      else coalesce(extract(epoch from clock_timestamp() - min(committed.at)) * 1000, 0) end::float as ms
    from last, generate_series(greatest(last.xid - ${TRANSACTIONS_LOOKED_AT}, 3), last.xid) as number,
      lateral (select pg_xact_commit_timestamp(number::text::xid) as at) as committed
    where committed.at > $1::timestamptz`;
  return (await oneRow<{ ms: number }>(client, query, [replayedAt])).ms;
}

async function isEncrypted(client: Client, region: string): Promise<boolean | undefined> {
  const { rows } = await client.query<{ ssl: boolean }>(
    'select ssl from pg_stat_replication join pg_stat_ssl using (pid) where application_name = $1',
    [region],
  );
  return rows[0]?.ssl;
}
