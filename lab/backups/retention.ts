import type { BackupProof } from '../../contracts/backup';
import { segmentNumberAt } from './wal-segments';

/** What retention looks at. */
export interface RetainedBackup {
  id: string;
  /** of one database cluster; the log of another is of no use to it */
  system: string;
  takenAt: string;
  /** the position of the log from which on it needs everything */
  start: string;
  proof?: Pick<BackupProof, 'result'> | undefined;
}

export interface RetentionRule {
  keep: number;
  keepForMs: number;
  nowMs: number;
}

export interface Retained {
  remove: string[];
  /** per cluster the first part of the log that is still needed; of a cluster that is not named, all is */
  neededFrom: Map<string, number>;
}

/**
 * What may go. The newest `keep` stay, and all younger than `keepForMs`, and always the newest proven one: backups
 * that were never restored are hopes, and must not push out the last that is known to work. Of the log stays all that
 * the oldest backup which stays needs. Nothing is said about a cluster of which no backup stays.
 */
export function retention(backups: readonly RetainedBackup[], { keep, keepForMs, nowMs }: RetentionRule): Retained {
  const newestFirst = [...backups].sort((a, b) => b.takenAt.localeCompare(a.takenAt));
  const proven = newestFirst.find(({ proof }) => proof?.result === 'matches');
  const stays = newestFirst.filter(
    (backup, index) => index < keep || nowMs - Date.parse(backup.takenAt) < keepForMs || backup === proven,
  );
  const neededFrom = new Map<string, number>();
  for (const { system, start } of stays) {
    neededFrom.set(system, Math.min(neededFrom.get(system) ?? Number.POSITIVE_INFINITY, segmentNumberAt(start)));
  }
  return { remove: newestFirst.filter((backup) => !stays.includes(backup)).map(({ id }) => id), neededFrom };
}
