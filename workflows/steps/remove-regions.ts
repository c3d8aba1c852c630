import type { StackRef } from '../../contracts/stack';
import { platform } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { destroyInOrder } from '../support/destroy-in-order';
import { messageOf } from '../support/failures';

/**
 * Last act of a change: destroys the regions that leave. They have been drained since the change began, no record leads
 * to them any more, and the plan that named them was approved. What cannot be destroyed is left over, not a failure of
 * what is live.
 */
export async function removeRegions(run: DeploymentRun): Promise<void> {
  const { removals, dangling } = run.approvedPlan;
  if (removals.length === 0 && dangling.length === 0) return;
  const leaving = removals.map(({ region }) => region).join(', ') || 'connections that nothing needs any more';
  run.progress.enter('removal', `removing ${leaving}`, 'validation');
  const gone: string[] = [];
  for (const { region, stacks } of removals) {
    // the plan names them in the order of destroying
    const refs = stacks.map(({ ref }) => ref);
    if (await destroy(run, refs)) gone.push(region);
  }
  await destroy(
    run,
    dangling.map(({ ref }) => ref),
  );
  await forgetDrains(run, gone);
}

/** Returns whether nothing is left. */
async function destroy(run: DeploymentRun, refs: StackRef[]): Promise<boolean> {
  const { left } = await destroyInOrder(refs, (ref) => {
    run.progress.say(`destroy ${ref.kind}`, ref.region);
    return platform.retireStack(`${ref.region}: destroy ${ref.kind}`, { ...run.on, ref });
  });
  for (const { ref, why } of left) run.progress.say(`${ref.kind} is left: ${why}`, ref.region);
  run.leftovers.push(...left);
  return left.length === 0;
}

async function forgetDrains(run: DeploymentRun, gone: string[]): Promise<void> {
  try {
    await run.drains.forget(gone);
  } catch (error) {
    run.progress.say(`${gone.join(', ')}: still drained, until the next deployment: ${messageOf(error)}`);
  }
}
