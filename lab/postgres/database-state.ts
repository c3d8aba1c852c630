import type { Client } from 'pg';
import { type AdministratorAccess, oneRow, withDatabase } from './connect';

/** What a database says about itself. Log positions are PostgreSQL's (`0/3000148`). */
export interface DatabaseState {
  role: 'primary' | 'standby';
  timeline?: number;
  /** the end of the log that is here: written by a primary, received by a standby */
  position: string;
  replayed: string;
  /** commit time of the last transaction replayed; absent when none was since the start */
  lastReplayedAt?: string;
  /** the log comes in right now */
  streaming: boolean;
  replayPaused: boolean;
}

const PRIMARY = `select pg_current_wal_flush_lsn()::text as position,
  ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline`;

/**
 * A receiver that has lost its primary says no timeline any more, the segments that it wrote do.
 * Text, not a date: PostgreSQL keeps microseconds, JavaScript would cut them off and call a replayed row unreplayed.
 */
const STANDBY = `select pg_last_wal_replay_lsn()::text as replayed,
  greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text as position,
  pg_last_xact_replay_timestamp()::text as "lastReplayedAt",
  pg_is_wal_replay_paused() as "replayPaused",
  coalesce((select status = 'streaming' from pg_stat_wal_receiver), false) as streaming,
  greatest((select received_tli from pg_stat_wal_receiver),
    (select max(('x' || substr(name, 1, 8))::bit(32)::int) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$')) as timeline`;

/** Asks a database for its state. Throws when it does not answer. */
export function databaseState(access: AdministratorAccess): Promise<DatabaseState> {
  return withDatabase(access, stateOver);
}

/** The same over a connection that is open. */
export async function stateOver(client: Client): Promise<DatabaseState> {
  const { standby } = await oneRow<{ standby: boolean }>(client, 'select pg_is_in_recovery() as standby');
  if (!standby) {
    const row = await oneRow<{ position: string; timeline: number }>(client, PRIMARY);
    return { role: 'primary', replayed: row.position, streaming: false, replayPaused: false, ...row };
  }
  const row = await oneRow<Omit<DatabaseState, 'role'> & { timeline: number | null; lastReplayedAt: string | null }>(
    client,
    STANDBY,
  );
  return {
    ...row,
    role: 'standby',
    timeline: row.timeline ?? undefined,
    lastReplayedAt: row.lastReplayedAt ?? undefined,
  };
}
