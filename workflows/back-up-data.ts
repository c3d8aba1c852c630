import { patched, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { StackScope } from '../activities/stacks';
import type { BackupChain, BackupRound } from '../contracts/backup';
import type { LiveDeployment } from '../contracts/record';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { backupFindings } from '../policies/backup-findings';
import { platform, quick } from './support/activity-stubs';
import { failureTypeOf, messageOf, stepFailure } from './support/failures';

export interface BackUpInput extends DeploymentKey {
  /** only say what there is */
  dryRun?: boolean;
}

/** Two days of rounds, and never fewer than the last four: a mistake is often noticed the day after. */
const RETENTION = { keep: 4, keepForMs: 48 * 3_600_000 };

type Scope = Omit<StackScope, 'generation'> & { account: string };

/**
 * A round of backups: each store is copied, the copy restored beside it and compared, what is too old removed. Every
 * store gets its turn; a round in which one could not be copied fails in the end, so that it is seen. Runs beside
 * operations: it changes nothing that is live.
 */
export async function backUpData(input: BackUpInput): Promise<BackupRound> {
  const { application, environment, dryRun = false } = input;
  const key = { application, environment };
  const { live } = await quick.loadRecord('read what is live', key);
  if (!live) {
    if (!dryRun) await quick.endBackupSchedule('nothing is live: no further round', key);
    return { at: new Date().toISOString(), chains: [], taken: [], pruned: 0, findings: [] };
  }
  const on: Scope = { ...key, account: live.request.account, platform: live.request.platform };
  const round = await backUpStores(on, live, dryRun);
  setCurrentDetails(round.findings.map(({ severity, message }) => `- **${severity}**: ${message}`).join('\n'));
  return round;
}

async function backUpStores(on: Scope, live: LiveDeployment, dryRun: boolean): Promise<BackupRound> {
  const round: BackupRound = { at: new Date().toISOString(), chains: [], taken: [], pruned: 0, findings: [] };
  const failed: string[] = [];
  const id = roundId();
  let comparable = true;
  for (const store of storesOf(live)) {
    try {
      if (!dryRun) {
        comparable = await backUpStore(on, store, id);
        round.taken.push(`${store}/${id}`);
        const pruned = await platform.pruneBackups(`${store}: prune`, { ...on, store, ...RETENTION });
        round.pruned += pruned.backups.length;
      }
    } catch (error) {
      failed.push(`${store}: ${messageOf(error)}`);
    }
    try {
      const chain: BackupChain = await platform.listBackups(`${store}: what is kept`, { ...on, store });
      round.chains.push(chain);
      const question = { nowMs: Date.now(), comparable: comparable && on.platform !== 'aws' };
      round.findings.push(...backupFindings(chain, question));
    } catch (error) {
      if (dryRun) throw error;
      failed.push(`${store}: what is kept cannot be seen: ${messageOf(error)}`);
    }
  }
  if (!dryRun && patched('backups-on-record')) {
    const { application, environment } = on;
    const backups = { at: round.at, failed, findings: round.findings };
    await quick.recordBackupRound('record what it came to', { application, environment, backups });
  }
  if (failed.length > 0) throw stepFailure('Platform.Unavailable', `no backup of ${failed.join('; ')}`);
  return round;
}

/** @returns whether this platform can compare a restored backup */
async function backUpStore(on: Scope, store: string, id: string): Promise<boolean> {
  await platform.takeBackup(`${store}: take backup ${id}`, { ...on, store, id });
  try {
    await platform.proveBackup(`${store}: restore backup ${id} and compare it`, { ...on, store, id });
    return true;
  } catch (error) {
    if (failureTypeOf(error) !== 'Platform.Refused') throw error;
    return false;
  }
}

/** Stores whose copies Meridian makes; what the cloud keeps in several regions by itself has backups of its own. */
function storesOf({ replication }: LiveDeployment): string[] {
  return (replication?.stores ?? []).filter(({ engine }) => engine === 'postgresql').map(({ store }) => store);
}

/** The same for every attempt of this run, another for the next one; readable where it is listed. */
function roundId(): string {
  const { startTime, runId } = workflowInfo();
  const time = startTime.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase();
  return `${time}-${runId.slice(0, 4)}`;
}
