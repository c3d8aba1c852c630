import type { DeploymentPlan } from '../contracts/plan';

/**
 * Whether carrying out a plan would leave everything as it is: every stack is there and none of its resources changes,
 * and no region leaves. The tags of a new generation are no change.
 */
export function nothingToDo({
  changes,
  removals,
  dangling,
}: Pick<DeploymentPlan, 'changes' | 'removals' | 'dangling'>): boolean {
  const untouched = changes.every((stack) => stack.before === 'present' && stack.changes.length === 0);
  return untouched && removals.length === 0 && dangling.length === 0;
}
