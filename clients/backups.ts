import { randomUUID } from 'node:crypto';
import type { BackupRound } from '../contracts/backup';
import { backUpWorkflowId } from '../contracts/backup-schedule';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { call, type MeridianClient, requireWorker } from './connection';
import { requireKnown } from './observe';

const READ_TIMEOUT_MS = 5 * 60_000;

/** The backups of what is live and what is wrong with them; takes none. Throws a ClientProblem. */
export async function readBackups(meridian: MeridianClient, key: DeploymentKey): Promise<BackupRound> {
  const { application, environment } = key;
  const doing = 'read the backups';
  await requireKnown(meridian, { application, environment });
  await requireWorker(meridian, doing);
  return call(meridian, doing, READ_TIMEOUT_MS, () =>
    meridian.client.workflow.execute('backUpData', {
      workflowId: `backups-of/${application}/${environment}/${randomUUID()}`,
      taskQueue: meridian.taskQueue,
      args: [{ application, environment, dryRun: true }],
      workflowExecutionTimeout: READ_TIMEOUT_MS,
      staticSummary: `backups of ${application} in ${environment}`,
    }),
  );
}

/** Begins a round of backups beside the schedule. The result of the returned workflow is a BackupRound. */
export async function takeBackups(meridian: MeridianClient, key: DeploymentKey): Promise<{ workflowId: string }> {
  const { application, environment } = key;
  const doing = 'take a backup';
  const workflowId = `${backUpWorkflowId({ application, environment })}/${randomUUID()}`;
  await requireKnown(meridian, { application, environment });
  await requireWorker(meridian, doing);
  await call(meridian, doing, READ_TIMEOUT_MS, () =>
    meridian.client.workflow.start('backUpData', {
      workflowId,
      taskQueue: meridian.taskQueue,
      args: [{ application, environment }],
      staticSummary: `backup of ${application} in ${environment}`,
    }),
  );
  return { workflowId };
}
