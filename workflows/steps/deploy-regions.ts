import type { Wave } from '../../contracts/rollout';
import { quick } from '../support/activity-stubs';
import { approve } from '../support/approve';
import type { DeploymentRun } from '../support/deployment-run';
import { asStepFailure } from '../support/failures';
import { applyStacks } from './apply-stacks';
import { changeRegion } from './change-region';
import { planWithout } from './plan-without';
import { returnDrained } from './return-drained';

/** Second half of step 2: canary, bake, the other waves, then the connections between regions. */
export async function deployRegions(run: DeploymentRun): Promise<string> {
  const { rollout, removals, topology } = run.approvedPlan;
  await quick.claimPlace(`record that it is on ${run.request.platform}`, run.on);
  run.progress.enter('regions', `canary first: ${rollout.canary}`, 'regions');
  await run.drains.leave(removals.map(({ region }) => region));
  const failed: string[] = [];
  for (const [index, wave] of rollout.waves.entries()) {
    if (wave.approvalBefore && index > 0) await approveWave(run, wave, index);
    // Who learns from the canary that it fails goes no further.
    const tolerated = index === 0 ? 0 : rollout.failureTolerance - failed.length;
    failed.push(...(await deployWave(run, wave, tolerated)));
  }
  await returnDrained(run);
  if (failed.length > 0) await planWithout(run, failed);
  await applyStacks(run, run.approvedPlan, 'connectivity');
  const without = failed.length > 0 ? `, without ${failed.join(', ')}, which failed within the tolerance` : '';
  return `${topology.regions.length - failed.length} regions in ${rollout.waves.length} waves, canary ${rollout.canary}${without}`;
}

/** The rollout asks for it, so it is asked: critical production cannot opt out. */
async function approveWave(run: DeploymentRun, { regions }: Wave, index: number): Promise<void> {
  const summary = `wave ${index + 1}: ${regions.join(', ')}`;
  const { digest } = run.approvedPlan;
  await approve(run, { id: `wave-${index + 1}`, gate: 'wave', digest, summary, irreversible: [] }, 'regions', true);
  run.progress.enter('regions', summary, 'regions');
}

/** Deploys the regions of a wave, at most `concurrency` at once. The first failure beyond the tolerance stops the line. */
async function deployWave(run: DeploymentRun, wave: Wave, tolerated: number): Promise<string[]> {
  const failed: string[] = [];
  const queue = [...wave.regions];
  const lane = async () => {
    for (let region = queue.shift(); region !== undefined; region = queue.shift()) {
      await run.pause.over();
      const failure = await changeRegion(run, region, wave.bakeSeconds);
      if (!failure) continue;
      failed.push(region);
      if (failed.length <= tolerated && region !== run.approvedPlan.topology.primary && !run.isChange) continue;
      queue.length = 0;
      throw asStepFailure(failure);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: wave.concurrency }, lane));
  const broken = lanes.find((outcome) => outcome.status === 'rejected');
  if (broken) throw broken.reason;
  return failed;
}
