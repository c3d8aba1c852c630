import type { Client } from 'pg';
import { positionBytes } from '../../contracts/log-position';
import { type AdministratorAccess, oneRow, withDatabase } from './connect';
import type { DatabaseState } from './database-state';

export interface ReplicationLag {
  /**
   * age of the oldest transaction that the standby has not replayed; 0 when it has replayed all, though the log may hold
   * more (the first page of a record whose rest is not on disk yet cannot be replayed). Absent for one that
   * lacks something and is not connected: nothing of that is on its way, so that no age says when it will be there
   */
  lagMs?: number;
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
    const tls = await isEncrypted(client, standby.region);
    if (lagBytes <= 0) return { lagMs: 0, lagBytes: 0, tls };
    if (tls === undefined) return { lagBytes };
    return { lagMs: await missingForMs(client, standby.state.lastReplayedAt ?? standby.since), lagBytes, tls };
  });
}

/**
 * A primary knows the times of what was committed since it was made or started; what came before may be missing, too.
 * When it knows of none that is as old as what the standby replayed last, all since then may be missing.
 */
async function missingForMs(client: Client, replayedAt: string): Promise<number> {
  const query = `
    with last as (select xid::text::bigint as xid from pg_last_committed_xact()),
      known as (
        select committed.at
        from last, generate_series(greatest(last.xid - ${TRANSACTIONS_LOOKED_AT}, 3), last.xid) as number,
          lateral (select pg_xact_commit_timestamp(number::text::xid) as at) as committed
        where committed.at is not null)
    select coalesce(extract(epoch from clock_timestamp() - case
      when (select min(at) from known) <= $1::timestamptz
        then (select min(at) from known where at > $1::timestamptz)
      else $1::timestamptz end)::float * 1000, 0) as ms`;
  return (await oneRow<{ ms: number }>(client, query, [replayedAt])).ms;
}

async function isEncrypted(client: Client, region: string): Promise<boolean | undefined> {
  const { rows } = await client.query<{ ssl: boolean }>(
    'select ssl from pg_stat_replication join pg_stat_ssl using (pid) where application_name = $1',
    [region],
  );
  return rows[0]?.ssl;
}
