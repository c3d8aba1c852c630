import type { BackupStanding } from '../contracts/backup';
import type { ScheduledDrillsStanding } from '../contracts/drill';
import type { DeploymentKey } from '../contracts/workflow-ids';
import type { ActivityDependencies } from './dependencies';
import { changeRecord } from './records';

/** What is kept of one thing that is wrong, and of how many: the record stays small, the workflow has it whole. */
const KEPT_CHARACTERS = 300;
const KEPT = 20;

/** Writes down what schedules came to, so that the watch can tell people. */
export function createUpkeepActivities({ records }: Pick<ActivityDependencies, 'records'>) {
  const change = changeRecord(records);
  return {
    /** The latest round of backups. A round of what is no longer live says nothing. */
    recordBackupRound: async ({ backups, ...key }: DeploymentKey & { backups: BackupStanding }): Promise<void> => {
      const { at, failed, findings } = backups;
      const kept: BackupStanding = {
        at,
        failed: failed.slice(0, KEPT).map(cut),
        findings: findings.slice(0, KEPT).map((one) => ({ ...one, message: cut(one.message) })),
      };
      await change(key, (found) => (found.live ? { ...found, backups: kept } : found));
    },

    /** The latest run of one schedule of drills. */
    recordScheduledDrills: async ({
      drills,
      ...key
    }: DeploymentKey & { drills: ScheduledDrillsStanding }): Promise<void> => {
      const kept = { ...drills, failed: drills.failed.slice(0, KEPT).map(cut) };
      await change(key, (found) => {
        const others = (found.scheduledDrills ?? []).filter(({ cadence }) => cadence !== drills.cadence);
        return found.live ? { ...found, scheduledDrills: [...others, kept] } : found;
      });
    },
  };
}

function cut(text: string): string {
  return text.slice(0, KEPT_CHARACTERS);
}
