import type { Backup, RecoveryTarget } from '../contracts/backup';
import { positionBytes } from '../contracts/log-position';

export interface BackupWish {
  /** the id of one; absent: the newest that is proven, or the newest when none is */
  backup?: string | undefined;
  target: RecoveryTarget;
  nowMs: number;
}

/**
 * From which backup a store can be recovered up to a target: one that was complete before it. Asked before anything is
 * stopped and again by whoever restores, so that both mean the same one.
 * @param newestFirst all complete backups
 * @returns the refusal is a sentence that names what was asked for and what there is
 */
export function chooseBackup(
  newestFirst: readonly Backup[],
  { backup: id, target, nowMs }: BackupWish,
): { backup: Backup } | { refusal: string } {
  if (target.kind === 'time' && Date.parse(target.at) > nowMs)
    return { refusal: `target: ${target.at} is yet to come; valid: a time until ${new Date(nowMs).toISOString()}` };
  const early = newestFirst.filter((one) => isBefore(one, target));
  const named = newestFirst.find((one) => one.id === id);
  const proven = early.find(({ proof }) => proof?.result === 'matches');
  const chosen = id === undefined ? (proven ?? early[0]) : early.find((one) => one.id === id);
  if (chosen) return { backup: chosen };
  const known = newestFirst.map((one) => `${one.id} (${one.takenAt})`).join(', ') || 'none';
  const before = target.kind === 'latest' ? '' : ` before ${target.kind === 'time' ? target.at : target.lsn}`;
  const what = named
    ? `"${id}" was not complete${before}`
    : `there is not ${id === undefined ? `one${before}` : `"${id}"`}`;
  return { refusal: `backup: ${what}; complete ones: ${known}` };
}

function isBefore({ takenAt, position }: Backup, target: RecoveryTarget): boolean {
  if (target.kind === 'time') return Date.parse(takenAt) <= Date.parse(target.at);
  return target.kind === 'latest' || position === undefined || positionBytes(position) <= positionBytes(target.lsn);
}
