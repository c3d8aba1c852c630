import type { StackKind } from '../../contracts/stack';
import { platform } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf } from '../support/failures';

/** Data before the network it lives in; within a region the inverse of how it was made. */
const REMOVAL_ORDER: StackKind[] = ['data', 'connectivity', 'base'];

/**
 * Last act of a change: destroys the regions that leave. They have been drained since the change began, no record leads
 * to them any more, and the plan that named them was approved. What cannot be destroyed is left over, not a failure of
 * what is live.
 */
export async function removeRegions(run: DeploymentRun): Promise<void> {
  const { removals } = run.approvedPlan;
  if (removals.length === 0) return;
  run.progress.enter('removal', `removing ${removals.map(({ region }) => region).join(', ')}`, 'validation');
  for (const { region, stacks } of removals) {
    const ordered = [...stacks].sort((a, b) => REMOVAL_ORDER.indexOf(a.ref.kind) - REMOVAL_ORDER.indexOf(b.ref.kind));
    for (const { ref } of ordered) {
      try {
        run.progress.say(`destroy ${ref.kind}`, region);
        await platform.retireStack(`${region}: destroy ${ref.kind}`, { ...run.on, ref });
      } catch (error) {
        run.leftovers.push({ ref, why: messageOf(error) });
        run.progress.say(`${ref.kind} is left: ${messageOf(error)}`, region);
        break;
      }
    }
  }
}
