import { abortUpdate, withdrawOperationUpdate } from '../contracts/messages';
import {
  type DeploymentKey,
  deploymentName,
  deploymentWorkflowId,
  operationKeyFromWorkflowId,
} from '../contracts/workflow-ids';
import { ClientProblem } from './client-problem';
import { call, type MeridianClient } from './connection';
import { deploymentStatus } from './observe';
import { readQueue, underWay } from './operation-queue';

const UPDATE_TIMEOUT_MS = 30_000;

/** Which operation is meant: by its workflow id, by its number, or whatever is under way. */
export interface StopTarget extends DeploymentKey {
  workflowId?: string;
  generation?: number;
}

/**
 * Stops an operation in order: at its next safe point it takes its way back, and it still ends with a report. One that waits
 * for the slot is taken out of the queue. Throws a ClientProblem: `refused` when there is no way back any more.
 */
export async function stopOperation(
  meridian: MeridianClient,
  target: StopTarget,
  why: { by: string; reason: string },
): Promise<{ workflowId: string; withdrawn: boolean }> {
  const workflowId = await operationToStop(meridian, target);
  const kind = operationKeyFromWorkflowId(workflowId)?.kind;
  if (!kind) throw new ClientProblem('bad-input', `"${workflowId}" is no operation; only those can be aborted`);
  if (kind === 'sweep')
    throw new ClientProblem('bad-input', 'a sweep cannot be stopped: what it destroys belongs to nobody');
  const doing = `abort the ${kind === 'deploy' ? 'deployment' : kind}`;
  const { workflow } = meridian.client;
  try {
    await call(meridian, doing, UPDATE_TIMEOUT_MS, () =>
      workflow.getHandle(workflowId).executeUpdate(abortUpdate, { args: [why] }),
    );
    return { workflowId, withdrawn: false };
  } catch (error) {
    // what waits for the slot has no workflow yet
    if (!(error instanceof ClientProblem) || error.code !== 'not-found') throw error;
  }
  await call(meridian, doing, UPDATE_TIMEOUT_MS, () =>
    workflow
      .getHandle(deploymentWorkflowId(target))
      .executeUpdate(withdrawOperationUpdate, { args: [{ workflowId, ...why }] }),
  );
  return { workflowId, withdrawn: true };
}

/** Without a number: what runs, or a proposal that waits. Where that is not one operation, a person says which. */
async function operationToStop(meridian: MeridianClient, target: StopTarget): Promise<string> {
  if (target.workflowId !== undefined) return target.workflowId;
  const queue = await readQueue(meridian, target);
  const { generation } = target;
  if (generation !== undefined) {
    const found = [...queue.running, ...queue.waiting].find((one) => one.generation === generation);
    return found?.workflowId ?? (await deploymentStatus(meridian, target)).operation.workflowId;
  }
  const candidates = underWay(queue);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  const name = deploymentName(target);
  if (only === undefined)
    throw new ClientProblem(
      'not-found',
      `nothing is under way in ${name}`,
      `what was done last: meridian status ${name}`,
    );
  throw new ClientProblem('bad-input', `several are under way in ${name}`, `say which: ${candidates.join(', ')}`);
}
