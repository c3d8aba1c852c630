import { isCancellation } from '@temporalio/workflow';
import type { DriftReport, StackComparison } from '../contracts/drift';
import type { PlatformKind } from '../contracts/region';
import type { StackRef } from '../contracts/stack';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { platform, quick } from './support/activity-stubs';
import { messageOf } from './support/failures';
import { inLanes } from './support/in-lanes';

/** Clouds count drift detections against a small quota of their own. */
const STACKS_AT_ONCE = 5;

/** Compares every live stack with what was applied to it, and looks for stacks that nobody knows. Touches nothing. */
export async function detectDrift(key: DeploymentKey): Promise<DriftReport> {
  const { application, environment } = key;
  const record = await quick.loadRecord('read what is live', key);
  const { live, place } = record;
  const refs = live?.stacks.map(({ ref }) => ref) ?? [];
  const [stacks, others] = await Promise.all([
    inLanes(refs, STACKS_AT_ONCE, (ref) => compareStack(place?.platform, ref)),
    quick.listUnknownStacks('look for stacks that are not live', key),
  ]);
  return { application, environment, generation: live?.generation, stacks, others };
}

/** One stack that cannot be compared does not hide the others. */
async function compareStack(kind: PlatformKind | undefined, ref: StackRef): Promise<StackComparison> {
  if (!kind) return { ref, kind: 'unknown', why: 'the record does not say where the deployment is' };
  try {
    const drifted = await platform.readDrift(`${ref.region}: compare ${ref.kind}`, { platform: kind, ref });
    if (!drifted) return { ref, kind: 'missing' };
    return drifted.length > 0 ? { ref, kind: 'drifted', drifted } : { ref, kind: 'same' };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { ref, kind: 'unknown', why: messageOf(error) };
  }
}
