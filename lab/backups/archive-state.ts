import type { ArchiveState } from '../../contracts/backup';
import { positionBytes } from '../../contracts/log-position';
import { accessTo } from '../daemon/databases';
import type { Deployment, Lab, Store } from '../daemon/lab-state';
import type { Archive } from '../postgres/archive';
import { type AdministratorAccess, oneRow, withDatabase } from '../postgres/connect';
import { archivedSegments, breaksIn, type Checked } from './archived-log';
import { endOfSegment, segmentOf } from './wal-segments';

/** Page header at the start of a segment (bytes): a log that ends right after it has nothing new in the segment. */
const SEGMENT_HEADER_BYTES = 40n;

export interface ArchiveQuestion {
  archive: Archive;
  system: string;
  /** the part of the log from which on it must be whole */
  from: number;
  checked: Checked;
}

/** How far the log of a store is archived, and whether it is whole: from the files, and from the primary if it lives. */
export async function archiveState(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  { archive, system, from, checked }: ArchiveQuestion,
): Promise<ArchiveState> {
  const segments = await archivedSegments(archive, system);
  const newest = segments.at(-1);
  const primary = store.primary && deployment.sites.get(store.primary)?.databases.get(store.name);
  const said = primary ? await askPrimary(accessTo(lab, store, primary)).catch(() => undefined) : undefined;
  return {
    keptIn: archive.keptIn,
    ...(newest && { through: { position: endOfSegment(newest.number), at: newest.at } }),
    ...said,
    breaks: await breaksIn(segments, from, checked),
  };
}

const QUESTION = `select
  (select count(*)::int from pg_ls_archive_statusdir() where name like '%.ready') as waiting,
  last_archived_wal as archived,
  case when last_failed_time > coalesce(last_archived_time, '-infinity') then last_failed_wal end as failed,
  pg_current_wal_insert_lsn()::text as position,
  (select timestamp > coalesce(last_archived_time, '-infinity') from pg_last_committed_xact()) as "writtenSince",
  extract(epoch from clock_timestamp() - coalesce(last_archived_time, pg_postmaster_start_time()))::float * 1000 as "sinceMs"
  from pg_stat_archiver`;

interface Answer {
  waiting: number;
  archived: string | null;
  failed: string | null;
  position: string;
  writtenSince: boolean | null;
  sinceMs: number;
}

/** Nothing is at risk when nothing was committed since the last archived segment; else at most what came since. */
async function askPrimary(access: AdministratorAccess): Promise<Pick<ArchiveState, 'waiting' | 'lossMs' | 'failure'>> {
  const answer = await withDatabase(access, (client) => oneRow<Answer>(client, QUESTION));
  const archived = answer.archived ? segmentOf(answer.archived) : undefined;
  const end = archived ? positionBytes(endOfSegment(archived.number)) : 0n;
  const isAllArchived =
    archived !== undefined &&
    (positionBytes(answer.position) <= end + SEGMENT_HEADER_BYTES || (answer.waiting === 0 && !answer.writtenSince));
  return {
    waiting: answer.waiting,
    lossMs: isAllArchived ? 0 : Math.max(0, Math.round(answer.sinceMs)),
    ...(answer.failed && { failure: `${answer.failed} could not be archived` }),
  };
}
