import { positionBytes } from '../../contracts/log-position';
import { type AdministratorAccess, oneRow, withDatabase } from './connect';

/** A place in the log: timelines share numbers of bytes, so that both are needed. */
export interface LogPlace {
  timeline: number;
  bytes: bigint;
}

/** The timelines that a primary came from, and where each was left: the lines of its history file. */
export async function timelineHistory(primary: AdministratorAccess): Promise<LogPlace[]> {
  return withDatabase(primary, async (client) => {
    const { text } = await oneRow<{ text: string | null }>(
      client,
      `select pg_read_file('pg_wal/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || '.history', true) as text`,
    );
    return parseHistory(text ?? '');
  });
}

/** A history file: timeline, position at which it was left, reason; separated by tabs. Comments start with `#`. */
export function parseHistory(text: string): LogPlace[] {
  return text.split('\n').flatMap((line) => {
    const [, timeline, position] = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/.exec(line) ?? [];
    return timeline && position ? [{ timeline: Number(timeline), bytes: positionBytes(position) }] : [];
  });
}

/** Whether a record that begins there is part of that history: its timeline was left after it, not before. */
export function isInHistory(record: LogPlace, history: LogPlace[]): boolean {
  return history.some(({ timeline, bytes }) => timeline === record.timeline && record.bytes < bytes);
}
