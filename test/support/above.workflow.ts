import { executeChild } from '@temporalio/workflow';

export * from '../../workflows';

/** Runs one workflow under the id of the only parent that may start it. */
export function above(child: { type: string; workflowId: string; input: object }): Promise<unknown> {
  return executeChild(child.type, { workflowId: child.workflowId, args: [child.input] });
}
