import { randomUUID } from 'node:crypto';
import type { PlannedChange } from '../../contracts/stack';
import type { StackChange } from '../platform';
import type { ApplyOptions } from './apply-stack';
import { createChangeSet, deleteChangeSet, deleteReview } from './change-set';
import { changesBetween, plannedChanges } from './planned-changes';
import { withDriftToRevert } from './revert-drift';
import { appliedTemplate, findStack, type StackSession } from './stack-session';

/**
 * Has CloudFormation work out a change, which checks it as well, and takes the change set back. A parameter that has no
 * value yet (the output of a stack that is still to be made) is no question for CloudFormation: then the templates are
 * compared.
 */
export async function planStack(
  session: StackSession,
  change: Omit<StackChange, 'token'>,
  options: ApplyOptions,
): Promise<PlannedChange[]> {
  const stack = await findStack(session);
  const before = await appliedTemplate(session, stack);
  const present = new Set((stack?.Parameters ?? []).map(({ ParameterKey }) => ParameterKey));
  const open = requiredParameters(change.template).filter((key) => !(key in change.parameters) && !present.has(key));
  if (open.length > 0) return changesBetween(before, change.template);

  const name = `meridian-plan-${randomUUID()}`;
  const signal = new AbortController().signal;
  const asked = await withDriftToRevert(session, stack, change, { signal, heartbeat: () => undefined });
  try {
    const set = await createChangeSet(session, name, asked, stack, { ...options, signal });
    return plannedChanges(set.changes, { before, after: change.template });
  } finally {
    await deleteChangeSet(session, name);
    // A stack in review that was there before belongs to somebody who is about to execute a change set.
    if (!stack) await deleteLeftReview(session);
  }
}

async function deleteLeftReview(session: StackSession): Promise<void> {
  const review = await findStack(session);
  if (review?.StackId) await deleteReview(session, review.StackId);
}

function requiredParameters(template: string): string[] {
  const declared: Record<string, { Default?: unknown }> = JSON.parse(template).Parameters ?? {};
  return Object.keys(declared).filter((key) => declared[key]?.Default === undefined);
}
