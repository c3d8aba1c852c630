import type { PlannedChange, StackArtifact } from '../../contracts/stack';
import { isStateful } from '../../policies/stateful-resources';

function stackName({ ref }: StackArtifact): string {
  return `${ref.region}/${ref.kind} (${ref.name})`;
}

/**
 * How each stack would be undone, last made first. Follows the before-image: what did not exist is deleted, and only
 * with this generation's tag; what existed goes back to what it was. `befores` are in the order of `stacks`.
 */
export function inversePlan(stacks: readonly StackArtifact[], befores: ReadonlyArray<'absent' | 'present'>): string[] {
  return stacks
    .map((stack, index) =>
      befores[index] === 'absent'
        ? `delete ${stackName(stack)} if it carries this generation's tag: it did not exist before`
        : `return ${stackName(stack)} to its previous template and parameters: it existed before`,
    )
    .reverse();
}

/** What of a plan cannot be undone by its inverse, for the person who approves it. */
export function irreversibleItems({
  changes,
}: {
  stacks: readonly StackArtifact[];
  changes: readonly PlannedChange[];
}): string[] {
  const lost = changes
    .filter((change) => (change.action === 'delete' || change.action === 'replace') && isStateful(change))
    .map(
      ({ action, resource, type }) => `${action} ${resource} (${type}): its data is gone unless it was copied before`,
    );
  const written = changes.some(({ action, type }) => action === 'create' && type === 'AWS::RDS::DBInstance')
    ? ['undoing new databases deletes what was written to them since']
    : [];
  return [...lost, ...written];
}
