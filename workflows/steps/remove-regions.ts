import type { StackRef } from '../../contracts/stack';
import { platform } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf } from '../support/failures';

/** What connected a region that stays to those that left: without a template it is in no plan. */
function danglingConnections({ record, approvedPlan }: DeploymentRun): StackRef[] {
  const planned = new Set(approvedPlan.stacks.map(({ ref }) => ref.name + ref.region));
  return (record?.live?.stacks ?? [])
    .map(({ ref }) => ref)
    .filter(({ kind, name, region }) => kind === 'connectivity' && !planned.has(name + region))
    .filter(({ region }) => approvedPlan.topology.regions.some((one) => one.region === region));
}

/**
 * Last act of a change: destroys the regions that leave. They have been drained since the change began, no record leads
 * to them any more, and the plan that named them was approved. What cannot be destroyed is left over, not a failure of
 * what is live.
 */
export async function removeRegions(run: DeploymentRun): Promise<void> {
  const { removals } = run.approvedPlan;
  if (removals.length === 0) return;
  run.progress.enter('removal', `removing ${removals.map(({ region }) => region).join(', ')}`, 'validation');
  // the plan names them in the order of destroying
  const gone: string[] = [];
  for (const { region, stacks } of removals) {
    const refs = stacks.map(({ ref }) => ref);
    if (await destroyInOrder(run, refs)) gone.push(region);
  }
  await destroyInOrder(run, danglingConnections(run));
  await forgetDrains(run, gone);
}

async function forgetDrains(run: DeploymentRun, gone: string[]): Promise<void> {
  try {
    await run.drains.forget(gone);
  } catch (error) {
    run.progress.say(`${gone.join(', ')} would begin drained if added again: ${messageOf(error)}`);
  }
}

/** What lies below something that could not be destroyed is not tried. Returns whether nothing is left. */
async function destroyInOrder(run: DeploymentRun, refs: StackRef[]): Promise<boolean> {
  for (const ref of refs) {
    const { region, kind } = ref;
    try {
      run.progress.say(`destroy ${kind}`, region);
      await platform.retireStack(`${region}: destroy ${kind}`, { ...run.on, ref });
    } catch (error) {
      run.leftovers.push({ ref, why: messageOf(error) });
      run.progress.say(`${kind} is left: ${messageOf(error)}`, region);
      return false;
    }
  }
  return true;
}
