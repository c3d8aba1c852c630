import type { DrillCadence } from './drill';
import { OPERATION_KINDS, type OperationKind } from './operation';

/** All workflow ids, each with its inverse. */

export interface DeploymentKey {
  application: string;
  environment: string;
}

/** As people name it, and type it. */
export function deploymentName({ application, environment }: DeploymentKey): string {
  return `${application}/${environment}`;
}

export function deploymentWorkflowId({ application, environment }: DeploymentKey): string {
  return `deployment/${application}/${environment}`;
}

export function deploymentKeyFromWorkflowId(workflowId: string): DeploymentKey | undefined {
  const match = /^deployment\/([^/]+)\/([^/]+)$/.exec(workflowId);
  return match?.[1] && match[2] ? { application: match[1], environment: match[2] } : undefined;
}

export interface OperationKey extends DeploymentKey {
  kind: OperationKind;
  generation: number;
}

export function operationWorkflowId({ kind, application, environment, generation }: OperationKey): string {
  return `${kind}/${application}/${environment}/${generation}`;
}

const OPERATION_ID = new RegExp(`^(${OPERATION_KINDS.join('|')})/([^/]+)/([^/]+)/(\\d+)$`);

export function operationKeyFromWorkflowId(workflowId: string): OperationKey | undefined {
  const match = OPERATION_ID.exec(workflowId);
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

/** The Temporal Schedule that drills a deployment. */
export function drillScheduleId({ application, environment }: DeploymentKey, cadence: DrillCadence): string {
  return `drills/${application}/${environment}/${cadence}`;
}

/** Workflows that such a schedule starts; it appends the time. */
export function scheduledDrillsWorkflowId({ application, environment }: DeploymentKey, cadence: DrillCadence): string {
  return `run-drills/${application}/${environment}/${cadence}`;
}

/** The watch over a live deployment. */
export function watchWorkflowId({ application, environment }: DeploymentKey): string {
  return `watch/${application}/${environment}`;
}

export function watchKeyFromWorkflowId(workflowId: string): DeploymentKey | undefined {
  const match = /^watch\/([^/]+)\/([^/]+)$/.exec(workflowId);
  return match?.[1] && match[2] ? { application: match[1], environment: match[2] } : undefined;
}
