import type { SweepResult } from '../contracts/sweep';
import { type DeploymentKey, deploymentWorkflowId } from '../contracts/workflow-ids';
import { inDestroyOrder } from '../policies/destroy-order';
import { platform, quick } from './support/activity-stubs';
import { destroyInOrder } from './support/destroy-in-order';
import { requireParent } from './support/parent';

export interface SweepInput extends DeploymentKey {
  requester: string;
  generation: number;
  /** only say what would be destroyed; needs no generation and no operation slot */
  dryRun?: boolean;
}

/**
 * Finds stacks of ours that belong to nothing any more (their deployment has ended without being promoted, or they were
 * kept dark for long enough) and destroys them, in the inverse order of how they were made. See policies/orphans.ts for
 * what is never touched. What cannot be destroyed keeps what it stands on, and nothing else.
 */
export async function sweepOrphans(input: SweepInput): Promise<SweepResult> {
  const { application, environment, generation, dryRun = false } = input;
  const key = { application, environment };
  if (!dryRun) requireParent(deploymentWorkflowId(key));
  const search = await platform.findOrphans('look for stacks that belong to nothing', key);
  const record = await quick.loadRecord('read what the record says', key);
  const orphans = inDestroyOrder(search.orphans, record.primary);
  const found = { ...search, orphans, dryRun };
  if (dryRun) return { ...found, destroyed: [], failed: [] };
  const { destroyed, left } = await destroyInOrder(
    orphans.map(({ ref }) => ref),
    async (ref) => {
      const orphan = orphans.find((one) => one.ref === ref);
      if (orphan)
        await platform.destroyOrphan(`${ref.region}: destroy orphaned ${ref.kind}`, { ...key, generation, orphan });
    },
  );
  const result: SweepResult = { ...found, destroyed, failed: left };
  await settle(key, result);
  return result;
}

/** The record keeps up with what is gone; once nothing is left at all, it is that of a retired deployment. */
async function settle(key: DeploymentKey, { destroyed, failed, left, live }: SweepResult): Promise<void> {
  if (destroyed.length === 0) return;
  const isAllGone = live + left.length + failed.length === 0;
  if (isAllGone) await quick.recordRetired('record that nothing is left', key);
  else await quick.recordSwept('record what is gone', { ...key, destroyed });
}
