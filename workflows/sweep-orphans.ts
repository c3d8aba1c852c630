import type { Orphan, SweepResult } from '../contracts/sweep';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { inDestroyOrder } from '../policies/destroy-order';
import { platform, quick } from './support/activity-stubs';
import { messageOf } from './support/failures';

export interface SweepInput extends DeploymentKey {
  requester: string;
  generation: number;
  /** only say what would be destroyed; needs no generation and no operation slot */
  dryRun?: boolean;
}

/**
 * Finds stacks of ours that belong to nothing any more (their deployment has ended without being promoted, or they were
 * kept dark for long enough) and destroys them, in the inverse order of how they were made. See policies/orphans.ts for
 * what is never touched. What cannot be destroyed does not stop the rest.
 */
export async function sweepOrphans(input: SweepInput): Promise<SweepResult> {
  const { application, environment, generation, dryRun = false } = input;
  const key = { application, environment };
  const search = await platform.findOrphans('look for stacks that belong to nothing', key);
  const record = await quick.loadRecord('read what the record says', key);
  const orphans = inDestroyOrder(search.orphans, record.primary);
  const result: SweepResult = { ...search, orphans, dryRun, destroyed: [], failed: [] };
  if (dryRun) return result;
  for (const orphan of orphans) await destroy({ ...key, generation, orphan }, result);
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

async function destroy(
  input: DeploymentKey & { generation: number; orphan: Orphan },
  result: SweepResult,
): Promise<void> {
  const { ref } = input.orphan;
  try {
    await platform.destroyOrphan(`${ref.region}: destroy orphaned ${ref.kind}`, input);
    result.destroyed.push(ref);
  } catch (error) {
    result.failed.push({ ref, why: messageOf(error) });
  }
}
