import { pauseUpdate, resumeUpdate } from '../contracts/messages';
import { ClientProblem } from './client-problem';
import { call, type MeridianClient } from './connection';

const UPDATE_TIMEOUT_MS = 30_000;

/** Lets a deployment begin nothing new until it is resumed; what is under way goes on. Throws a ClientProblem. */
export async function pauseDeployment(
  meridian: MeridianClient,
  workflowId: string,
  { by, reason }: { by: string; reason: string },
): Promise<void> {
  requireDeployment(workflowId, 'paused');
  await call(meridian, 'pause the deployment', UPDATE_TIMEOUT_MS, () =>
    meridian.client.workflow.getHandle(workflowId).executeUpdate(pauseUpdate, { args: [{ by, reason }] }),
  );
}

/** Lets a paused deployment go on. Throws a ClientProblem. */
export async function resumeDeployment(
  meridian: MeridianClient,
  workflowId: string,
  { by }: { by: string },
): Promise<void> {
  requireDeployment(workflowId, 'resumed');
  await call(meridian, 'resume the deployment', UPDATE_TIMEOUT_MS, () =>
    meridian.client.workflow.getHandle(workflowId).executeUpdate(resumeUpdate, { args: [{ by }] }),
  );
}

function requireDeployment(workflowId: string, done: string): void {
  if (!workflowId.startsWith('deploy/'))
    throw new ClientProblem('bad-input', `"${workflowId}" is no deployment; only those can be ${done}`);
}
