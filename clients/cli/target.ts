import { type DeploymentKey, deploymentName, operationKeyFromWorkflowId } from '../../contracts/workflow-ids';

/**
 * A deployment as people name it: `orders/staging`, or one attempt of it: `orders/staging/3`, or by its workflow id
 * `deploy/orders/staging/3`.
 */
export interface Target extends DeploymentKey {
  workflowId?: string;
  generation?: number;
}

const NAME = '[a-z][a-z0-9-]{0,31}';

/** Undefined when the text names no deployment. Names are checked, so that they may go into a list query. */
export function parseTarget(text: string): Target | undefined {
  const named = new RegExp(`^(${NAME})/(${NAME})(?:/([1-9]\\d{0,8}))?$`).exec(text);
  if (named?.[1] && named[2]) {
    const [, application, environment, generation] = named;
    return { application, environment, ...(generation !== undefined && { generation: Number(generation) }) };
  }
  const operation = operationKeyFromWorkflowId(text);
  if (!operation || !parseTarget(deploymentName(operation))) return undefined;
  const { application, environment, generation } = operation;
  return { application, environment, generation, workflowId: text };
}
