import { Context } from '@temporalio/activity';
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Backup, BackupChain, RecoveryTarget, RestoreReport } from '../contracts/backup';
import { backUpWorkflowId, backupScheduleId } from '../contracts/backup-schedule';
import { LIVE_PATH } from '../contracts/probe-contract';
import type { PlatformKind } from '../contracts/region';
import type { DeploymentKey } from '../contracts/workflow-ids';
import type { DeploymentScope, StoreRef } from '../platforms/platform';
import { BACKUP_INTERVAL_MS } from '../policies/backup-findings';
import { allHealthy, sickness } from '../policies/health';
import type { ActivityDependencies } from './dependencies';
import { withHeartbeat } from './support/call-context';
import { failure } from './support/failures';
import { pollUntil } from './support/poll-until';

interface OnPlatform {
  platform: PlatformKind;
}

/** A worker that was away does not take the rounds that it missed, only the last one if that was just now. */
const CATCH_UP_MS = 10 * 60_000;
/** What was just promoted gets its first users before its first backup; deployments do not all copy at the same hour. */
const FIRST_ROUND_AFTER_MS = 60_000;

/** Acts on and questions to the backups of a deployment, and the schedule that takes them. */
export function createBackupActivities(deps: ActivityDependencies) {
  const backups = (kind: PlatformKind) => deps.platform(kind).backups;
  return {
    takeBackup: (input: StoreRef & OnPlatform & { id: string }): Promise<Backup> =>
      withHeartbeat((context) => backups(input.platform).take(input, context)),

    proveBackup: (input: StoreRef & OnPlatform & { id: string }): Promise<Backup> =>
      withHeartbeat((context) => backups(input.platform).prove(input, context)),

    listBackups: (input: StoreRef & OnPlatform): Promise<BackupChain> =>
      withHeartbeat(() => backups(input.platform).list(input)),

    pruneBackups: (
      input: StoreRef & OnPlatform & { keep: number; keepForMs: number },
    ): Promise<{ backups: string[]; segments: number }> => withHeartbeat(() => backups(input.platform).prune(input)),

    chooseBackup: (
      input: StoreRef & OnPlatform & { region: string; backup?: string; target: RecoveryTarget },
    ): Promise<Backup> => withHeartbeat(() => backups(input.platform).choose(input)),

    restoreStore: (
      input: StoreRef & OnPlatform & { region: string; backup?: string; target: RecoveryTarget; epoch: number },
    ): Promise<RestoreReport> => withHeartbeat((context) => backups(input.platform).restore(input, context)),

    /** Waits until every task of a region lives, whether or not it has a database: `Region.Unhealthy` when it does not. */
    awaitLive: (input: DeploymentScope & OnPlatform & { region: string; timeoutMs: number }): Promise<void> =>
      withHeartbeat(async (context) => {
        const { probes } = deps.platform(input.platform);
        const ask = () => probes.region({ ...input, path: LIVE_PATH });
        const live = await pollUntil({ ask, enough: allHealthy, timeoutMs: input.timeoutMs, context });
        if (live.enough) return;
        const { service, detail } = sickness(live.last);
        throw failure(
          'Region.Unhealthy',
          `${service ?? 'the application'} in ${input.region} does not live: ${detail}`,
          {
            region: input.region,
          },
        );
      }),

    /**
     * Makes sure that backups are taken every six hours, the first a minute from now. Never throws: a deployment that is proven
     * stays so without a schedule. Returns why there is none.
     */
    ensureBackupSchedule: async (key: DeploymentKey): Promise<{ why?: string }> => {
      const { application, environment } = key;
      const firstRoundAt = deps.now().getTime() + FIRST_ROUND_AFTER_MS;
      try {
        await deps.client.schedule.create({
          scheduleId: backupScheduleId(key),
          spec: { intervals: [{ every: BACKUP_INTERVAL_MS, offset: firstRoundAt % BACKUP_INTERVAL_MS }] },
          policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS },
          action: {
            type: 'startWorkflow',
            workflowType: 'backUpData',
            workflowId: backUpWorkflowId(key),
            taskQueue: Context.current().info.taskQueue,
            args: [{ application, environment }],
            staticSummary: `backup of ${application} in ${environment}`,
          },
        });
        return {};
      } catch (error) {
        if (error instanceof ScheduleAlreadyRunning) return {};
        return { why: error instanceof Error ? error.message : String(error) };
      }
    },

    /** Nothing is live any more: no further round. What was kept stays as long as the platform keeps it. */
    endBackupSchedule: async (key: DeploymentKey): Promise<void> => {
      const handle = deps.client.schedule.getHandle(backupScheduleId(key));
      await handle.delete().catch((error: unknown) => {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      });
    },
  };
}
