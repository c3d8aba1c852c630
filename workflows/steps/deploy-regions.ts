import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { ApplyOptions } from '../../activities/stacks';
import type { Failure } from '../../contracts/report';
import type { Wave } from '../../contracts/rollout';
import type { StackArtifact } from '../../contracts/stack';
import { operationKeyFromWorkflowId, regionWorkflowId } from '../../contracts/workflow-ids';
import { type DeployRegionResult, deployRegion } from '../deploy-region';
import { quick } from '../support/activity-stubs';
import { approve } from '../support/approve';
import { bake } from '../support/bake';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf, stepFailure } from '../support/failures';
import { applyStacks, asApproved, isUnchanged } from './apply-stacks';
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
      const failure = await deployOne(run, region, wave.bakeSeconds);
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

/** One region: where it carries traffic it is drained, changed, found healthy, and answers again. */
async function deployOne(run: DeploymentRun, region: string, bakeSeconds: number): Promise<Failure | undefined> {
  const plan = run.approvedPlan;
  const artifact = plan.stacks.find(({ ref }) => ref.region === region && ref.kind === 'base');
  if (!artifact) throw stepFailure('Internal', `the plan has no base stack for ${region}`);
  if (isUnchanged(run, plan, artifact)) {
    run.progress.region(region, 'ready', 'as it should be');
    return undefined;
  }
  const isLive = run.carriesTraffic(region);
  const drain = isLive && (await drainBeforeChange(run, region));
  // Baking is worth something under traffic only: a live region bakes once it answers again.
  const result = await bringUp(run, artifact, isLive ? 0 : bakeSeconds);
  if (result.kind === 'deployed') {
    if (drain) await run.drains.return(region);
    if (isLive && bakeSeconds > 0) {
      run.progress.region(region, 'baking', `under traffic, ${bakeSeconds} s`);
      await bake(run.on, region, bakeSeconds);
    }
    run.deployed.push(region);
    run.progress.region(region, 'ready', 'base stack is up');
    return undefined;
  }
  if (result.left.length > 0) run.drains.keepOut(region);
  else if (drain && !run.drains.isAdopted(region)) await run.drains.return(region);
  run.progress.region(region, 'failed', result.failure.message);
  return result.failure;
}

/** Whether the region answers nobody while it is changed. */
async function drainBeforeChange(run: DeploymentRun, region: string): Promise<boolean> {
  if (run.drains.isOut(region)) return true;
  if (!run.drains.canDrain(region)) {
    run.progress.say('changed while it answers: no other region would answer in its place', region);
    return false;
  }
  run.progress.region(region, 'draining', 'before it is changed');
  if (await run.drains.drain(region)) return true;
  throw stepFailure('Region.Unhealthy', `nobody would answer in place of ${region} any more: others were kept out`, {
    region,
  });
}

/** The region's own workflow; its way back passes to this one when it succeeds. */
async function bringUp(run: DeploymentRun, artifact: StackArtifact, bakeSeconds: number): Promise<DeployRegionResult> {
  const { region } = artifact.ref;
  const attempt = (options: ApplyOptions) => runChild(run, artifact, bakeSeconds, options);
  run.progress.region(region, 'applying', 'base stack');
  const result = await asApproved(run, run.approvedPlan, artifact, async (options) => {
    const outcome = await attempt(options);
    if (outcome.kind === 'failed' && outcome.failure.type === 'Platform.PlanChanged')
      throw asStepFailure(outcome.failure);
    return outcome;
  });
  if (result.kind === 'deployed') run.compensations.take(result.compensations);
  else {
    run.undone.push(...result.undone);
    run.leftovers.push(...result.left);
  }
  return result;
}

async function runChild(
  run: DeploymentRun,
  artifact: StackArtifact,
  bakeSeconds: number,
  options: ApplyOptions,
): Promise<DeployRegionResult> {
  const { region } = artifact.ref;
  const key = operationKeyFromWorkflowId(run.workflow.id);
  if (!key) throw stepFailure('Internal', `${run.workflow.id} is no operation`);
  const refs = run.approvedPlan.stacks.map(({ ref }) => ref);
  const workflowId = regionWorkflowId(key, region);
  const child = await startChild(deployRegion, {
    workflowId,
    args: [{ ...run.on, region, artifact, refs, bakeSeconds, options, mustServe: run.carriesTraffic(region) }],
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `${region}: base stack, ${bakeSeconds} s bake`,
  });
  run.childIds.push(workflowId);
  return child.result().catch((error) => {
    // Terminated from outside, it took its way back with it: what it made still carries our tag and intent.
    run.leaveBehind(region, 'base', `the workflow of this region ended without undoing anything: ${messageOf(error)}`);
    throw error;
  });
}

function asStepFailure({ type, message, region, resource }: Failure) {
  return stepFailure(type as Parameters<typeof stepFailure>[0], message, {
    ...(region && { region }),
    ...(resource && { resource }),
  });
}
