import type { DeploymentKey } from './workflow-ids';

/** The Temporal Schedule that takes the backups of a deployment. */
export function backupScheduleId({ application, environment }: DeploymentKey): string {
  return `backups/${application}/${environment}`;
}

/** Workflows that back up; a schedule appends the time. */
export function backUpWorkflowId({ application, environment }: DeploymentKey): string {
  return `back-up/${application}/${environment}`;
}
