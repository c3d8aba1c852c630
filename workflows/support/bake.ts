import type { StackScope } from '../../activities/stacks';
import type { DeploymentScope } from '../../platforms/platform';
import { platform } from './activity-stubs';

/** One activity of this length after the other: a bake may last a day, and its history grows by the hour. */
const SLICE_SECONDS = 3_600;

/** Watches a region's health for a while. One sick look fails with `Region.Unhealthy`. */
export async function bake(on: StackScope & DeploymentScope, region: string, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= SLICE_SECONDS) {
    const slice = Math.min(left, SLICE_SECONDS);
    await platform.bakeRegion(`${region}: bake ${slice} s`, { ...on, region, seconds: slice });
  }
}
