import { workflowInfo } from '@temporalio/workflow';
import { stepFailure } from './failures';

/**
 * Refuses to run unless started by the workflow that may: Temporal lets whoever reaches the server start any workflow,
 * which would get around the signature of the requester and around the one operation at a time.
 */
export function requireParent(workflowId: string): void {
  const parent = workflowInfo().parent?.workflowId;
  if (parent === workflowId) return;
  throw stepFailure(
    'Request.Invalid',
    `${workflowInfo().workflowType} was started ${parent ? `by ${parent}` : 'directly'}; it begins only through ${workflowId}`,
  );
}
