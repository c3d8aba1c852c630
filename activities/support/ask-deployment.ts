import { WorkflowUpdateFailedError } from '@temporalio/client';
import { beginOperationUpdate, type OperationRequest, operationQueueQuery } from '../../contracts/messages';
import { type DeploymentKey, deploymentWorkflowId } from '../../contracts/workflow-ids';
import type { ActivityDependencies } from '../dependencies';

/** Asking again has to reach a worker that is busy, and to end before the activity does. */
const DEADLINE_MS = 20_000;
const QUERY_DEADLINE_MS = 5_000;

/**
 * Asks a deployment for an operation, signed with the key of the worker where it has one; returns its workflow id, or why
 * it was refused. A deployment without its entity is not live: that throws.
 * @param id the same id asks for the same operation, however often it is sent
 */
export async function askDeployment(
  deps: Pick<ActivityDependencies, 'client' | 'signOperation'>,
  { application, environment }: DeploymentKey,
  unsigned: OperationRequest,
  id: string,
): Promise<{ workflowId: string } | { refused: string }> {
  const key = { application, environment };
  const operation = deps.signOperation?.(unsigned, key) ?? unsigned;
  const entity = deps.client.workflow.getHandle(deploymentWorkflowId(key));
  try {
    const { workflowId } = await deps.client.withDeadline(Date.now() + DEADLINE_MS, () =>
      entity.executeUpdate(beginOperationUpdate, { args: [operation], updateId: id }),
    );
    return { workflowId };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return { refused: error.cause?.message ?? error.message };
    throw error;
  }
}

/** Whether an operation of a deployment runs or waits; undefined when it cannot be asked. */
export async function slotOf(
  { client }: Pick<ActivityDependencies, 'client'>,
  { application, environment }: DeploymentKey,
): Promise<'free' | 'held' | undefined> {
  const entity = client.workflow.getHandle(deploymentWorkflowId({ application, environment }));
  try {
    const deadline = Date.now() + QUERY_DEADLINE_MS;
    const { running, waiting } = await client.withDeadline(deadline, () => entity.query(operationQueueQuery));
    return running.length + waiting.length === 0 ? 'free' : 'held';
  } catch {
    return undefined;
  }
}
