import type { BackupChain, BackupFinding } from '../contracts/backup';

/** Seed 001, disaster recovery: "Backup Frequency: Every 6 hours". */
export const BACKUP_INTERVAL_MS = 6 * 3_600_000;

/** One round may be skipped, because another operation ran or the worker was away, before anybody has to look. */
const ROUNDS_UNTIL_OLD = 2;
/** RDS archives its log every five minutes; slower than twice that is broken on any platform. */
const NOT_ARCHIVED_MS = 10 * 60_000;

export interface BackupQuestion {
  nowMs: number;
  intervalMs?: number;
  /** evidence that a restore can be compared here: without it nothing can be proven, and that is said once, not as a fault */
  comparable: boolean;
}

/**
 * What is wrong with the backups of a store. `critical`: a disaster now would lose the store, or more of it than backups
 * promise; `warning`: the next one would, unless somebody acts. Empty when all is well.
 */
export function backupFindings(chain: BackupChain, question: BackupQuestion): BackupFinding[] {
  const { store, backups, archive } = chain;
  const found: BackupFinding[] = [];
  const say = (severity: BackupFinding['severity'], message: string) => found.push({ store, severity, message });
  const [newest] = backups;
  if (!newest) {
    say('critical', `${store} has no backup`);
    return found;
  }
  const limitMs = (question.intervalMs ?? BACKUP_INTERVAL_MS) * ROUNDS_UNTIL_OLD;
  const ageMs = question.nowMs - Date.parse(newest.takenAt);
  if (ageMs > limitMs)
    say('warning', `the newest backup of ${store} is ${hours(ageMs)} old; wanted is one every ${hours(limitMs / 2)}`);
  if (newest.keptIn === newest.from)
    say(
      'warning',
      `backup ${newest.id} of ${store} is kept in ${newest.from}, where the database is: both go together`,
    );
  const proof = newest.proof?.result;
  if (proof === undefined && question.comparable) say('warning', `backup ${newest.id} of ${store} was never restored`);
  if (proof !== undefined && proof !== 'matches')
    say('critical', `backup ${newest.id} of ${store} failed its restore (${proof}): ${newest.proof?.detail}`);
  if (!archive)
    say('critical', `the log of ${store} is not archived: what was written after ${newest.takenAt} would be lost`);
  for (const broken of archive?.breaks ?? [])
    say('critical', `the archived log of ${store} is broken: ${broken}; what comes later cannot be recovered`);
  if ((archive?.lossMs ?? 0) > NOT_ARCHIVED_MS)
    say(
      'critical',
      `writes of ${store} wait for the archive since ${Math.round((archive?.lossMs ?? 0) / 60_000)} minutes`,
    );
  if (archive?.failure) say('warning', `archiving the log of ${store} failed: ${archive.failure}`);
  return found;
}

function hours(ms: number): string {
  const count = ms / 3_600_000;
  return `${count < 10 ? count.toFixed(1) : Math.round(count)} h`;
}
