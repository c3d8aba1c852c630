import type { BackupStanding } from '../../contracts/backup';
import { deploymentName } from '../../contracts/workflow-ids';
import { BACKUP_INTERVAL_MS } from '../backup-findings';
import type { Finding } from './alert-book';
import type { WatchFacts } from './watch-facts';

/** As for the age of a backup: one round may be missed before anybody has to look. */
const ROUNDS_UNTIL_OLD = 2;

/**
 * What schedules have come to: backups that were not taken or would be of no use, drills that were not held or not passed.
 * Nothing is said of what has never run.
 */
export function upkeepFindings(facts: WatchFacts): Finding[] {
  const { backups } = facts.deployment;
  return [
    ...(backups ? [roundFinding(backups, facts), ...storeFindings(backups, facts)] : []),
    ...drillFindings(facts),
  ];
}

function roundFinding({ at, failed }: BackupStanding, { key, nowMs }: WatchFacts): Finding {
  const isOld = nowMs - Date.parse(at) > ROUNDS_UNTIL_OLD * BACKUP_INTERVAL_MS;
  return {
    key: 'backup-round',
    firing: failed.length > 0 || isOld,
    severity: 'warning',
    title: isOld ? `no round of backups since ${at}` : 'the latest round of backups failed',
    detail: failed.join('; ') || `one is to be taken every ${BACKUP_INTERVAL_MS / 3_600_000} hours`,
    next: `meridian backups ${deploymentName(key)}`,
  };
}

/** One alert per store, as grave as the worst that was found. */
function storeFindings({ findings }: BackupStanding, { key, deployment }: WatchFacts): Finding[] {
  const stores = new Set([...deployment.stores.map(({ store }) => store), ...findings.map(({ store }) => store)]);
  return [...stores].map((store) => {
    const own = findings.filter((one) => one.store === store);
    const isCritical = own.some(({ severity }) => severity === 'critical');
    return {
      key: `backup/${store}`,
      firing: own.length > 0,
      severity: isCritical ? 'critical' : 'warning',
      title: isCritical ? `a disaster now would lose data of ${store}` : `the backups of ${store} need a look`,
      detail: own.map(({ message }) => message).join('; ') || 'as they should be',
      next: `meridian backups ${deploymentName(key)}`,
    };
  });
}

function drillFindings({ key, deployment }: WatchFacts): Finding[] {
  return (deployment.scheduledDrills ?? []).map(({ cadence, held, failed }) => ({
    key: `scheduled-drills/${cadence}`,
    firing: failed.length > 0,
    severity: 'warning',
    title: `${failed.length} of ${held} ${cadence} drills were not held or have failed`,
    detail: failed.join('; ') || 'all passed',
    next: `meridian drills ${deploymentName(key)}`,
  }));
}

/** The result of a drill, as info (seed 003). */
export function drillFinding({ at, rtoMs, passed }: { at: string; rtoMs: number; passed: boolean }): Finding {
  const detail = `recovered in ${(rtoMs / 1_000).toFixed(1)} s`;
  const title = `a drill has ${passed ? 'passed' : 'failed'}`;
  return { key: `drill/${at}`, firing: true, severity: 'info', title, detail, event: true };
}
