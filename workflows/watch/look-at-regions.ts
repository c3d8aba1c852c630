import { isCancellation } from '@temporalio/workflow';
import type { CheckResult } from '../../contracts/region-observation';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import { afterCheckResult, afterLatency, blindLook, crossIsDue, dueRegions } from '../../policies/health/watch-state';
import { measure, quick } from '../support/activity-stubs';
import { messageOf } from '../support/failures';
import type { ChangeState, ReadState } from './state-access';

/** Looks at the regions that are due, and now and then across them. False when nothing is live any more. */
export async function lookAtRegions(key: DeploymentKey, get: ReadState, set: ChangeState): Promise<boolean> {
  // Everything of one look carries the time at which it began: regions that are due together stay so.
  const beganMs = Date.now();
  const regions = dueRegions(get(), beganMs);
  const cross = crossIsDue(get(), beganMs);
  const result = await check(key, get, regions, cross);
  if (!result.live) return false;
  set((state) => afterCheckResult(state, result, beganMs));
  if (cross) await lookAcross(key, get, set, beganMs);
  return true;
}

async function check(key: DeploymentKey, get: ReadState, regions: string[], cross: boolean): Promise<CheckResult> {
  const { version } = get().deployment ?? {};
  try {
    const input = { ...key, regions, cross, ...(version !== undefined && { knownVersion: version }) };
    return await quick.checkRegions(`look at ${regions.join(', ') || 'all regions'}`, input);
  } catch (error) {
    if (isCancellation(error)) throw error;
    // "I cannot see it" is not "it is down".
    const why = messageOf(error);
    return { live: true, regions: blindLook(regions, why), leases: [], leasesUnread: why };
  }
}

/** A measurement that fails says nothing about latency, and the next one comes soon enough. */
async function lookAcross(key: DeploymentKey, get: ReadState, set: ChangeState, beganMs: number): Promise<void> {
  const { deployment } = get();
  set((state) => ({ ...state, crossedAtMs: beganMs }));
  if (!deployment) return;
  try {
    const measured = await measure.measureRegionLatency('latency as the world sees it', { ...key, deployment });
    set((state) => afterLatency(state, measured, beganMs));
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}
