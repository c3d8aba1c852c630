/** All workflow ids, each with its inverse. */

export interface DeploymentKey {
  application: string;
  environment: string;
}

export function deploymentWorkflowId({ application, environment }: DeploymentKey): string {
  return `deployment/${application}/${environment}`;
}

export function deploymentKeyFromWorkflowId(workflowId: string): DeploymentKey | undefined {
  const match = /^deployment\/([^/]+)\/([^/]+)$/.exec(workflowId);
  return match?.[1] && match[2] ? { application: match[1], environment: match[2] } : undefined;
}

export interface OperationKey extends DeploymentKey {
  kind: 'deploy' | 'retire' | 'sweep';
  generation: number;
}

export function operationWorkflowId({ kind, application, environment, generation }: OperationKey): string {
  return `${kind}/${application}/${environment}/${generation}`;
}

export function operationKeyFromWorkflowId(workflowId: string): OperationKey | undefined {
  const match = /^(deploy|retire|sweep)\/([^/]+)\/([^/]+)\/(\d+)$/.exec(workflowId);
  if (!match?.[1] || !match[2] || !match[3] || !match[4]) return undefined;
  return {
    kind: match[1] as OperationKey['kind'],
    application: match[2],
    environment: match[3],
    generation: Number(match[4]),
  };
}

export function regionWorkflowId(key: OperationKey, region: string): string {
  return `${operationWorkflowId(key)}/${region}`;
}

export function regionFromWorkflowId(workflowId: string): string | undefined {
  return /^deploy\/[^/]+\/[^/]+\/\d+\/([^/]+)$/.exec(workflowId)?.[1];
}
