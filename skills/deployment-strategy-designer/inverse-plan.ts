import type { DeploymentPlan } from '../../contracts/plan';
import type { PlannedChange, StackArtifact, StackRef } from '../../contracts/stack';
import { dataThatLeaves } from '../../policies/leaving-regions';
import { isLost } from '../../policies/stateful-resources';

type Removals = DeploymentPlan['removals'];
type StackChanges = Pick<DeploymentPlan['changes'][number], 'ref' | 'before' | 'changes'>;

function stackName({ region, kind, name }: StackRef): string {
  return `${region}/${kind} (${name})`;
}

/**
 * How each stack would be undone, last made first. Follows the before-image: what did not exist is deleted, and only
 * with this generation's tag; what existed goes back to what it was. Regions that leave are destroyed last, so they come
 * first here, and nothing brings them back. `befores` are in the order of `stacks`.
 */
export function inversePlan(
  stacks: readonly StackArtifact[],
  befores: ReadonlyArray<'absent' | 'present'>,
  removals: Removals,
): string[] {
  const gone = removals.map(
    ({ region }) =>
      `${region} is not brought back by undoing: once it is destroyed, deploy a request that asks for it again`,
  );
  const back = stacks.map(({ ref }, index) =>
    befores[index] === 'absent'
      ? `delete ${stackName(ref)} if it carries this generation's tag: it did not exist before`
      : `return ${stackName(ref)} to its previous template and parameters: it existed before`,
  );
  return [...gone.reverse(), ...back.reverse()];
}

/**
 * What of a plan cannot be undone by its inverse, or is gone before the plan is proven, for the person who approves it.
 * @param leavingCopies what becomes of copies of tables and buckets that are left out, in words
 */
export function irreversibleItems({
  changes,
  removals,
  leavingCopies,
}: {
  changes: readonly StackChanges[];
  removals: Removals;
  leavingCopies: readonly string[];
}): string[] {
  const lost = changes.flatMap(({ ref, changes: planned }) => planned.flatMap((change) => lostBy(ref, change)));
  const written = changes.some(({ changes: planned }) => planned.some(makesDatabase));
  return [
    ...lost,
    ...leavingCopies,
    ...removals.flatMap(lostWith),
    ...(written ? ['undoing new databases deletes what was written to them since'] : []),
  ];
}

function lostBy({ region }: StackRef, change: PlannedChange): string[] {
  const { action, resource, type, possible } = change;
  if (!isLost(change)) return [];
  const verb = possible ? `perhaps ${action}` : action;
  const lost =
    type === 'AWS::S3::Bucket'
      ? 'it stays outside the stack, with its data and its cost'
      : 'its data is gone unless it was copied before';
  return [`${verb} ${resource} (${type}) in ${region}: ${lost}`];
}

/** A region that leaves takes all it has with it: what holds data is named, the rest is its network and services. */
function lostWith(removal: Removals[number]): string[] {
  const { region } = removal;
  const holding = dataThatLeaves(removal).map(({ type, count }) => `${count} × ${type}`);
  const data = holding.length > 0 ? [`remove ${region}: the data it holds is gone (${holding.join(', ')})`] : [];
  return [...data, `remove ${region}: its network, addresses and services are gone; coming back makes new ones`];
}

function makesDatabase({ action, type }: PlannedChange): boolean {
  return action === 'create' && type === 'AWS::RDS::DBInstance';
}
