import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { ApplyOptions } from '../../activities/stacks';
import type { Failure } from '../../contracts/report';
import type { StackArtifact } from '../../contracts/stack';
import { operationKeyFromWorkflowId, regionWorkflowId } from '../../contracts/workflow-ids';
import { type DeployRegionResult, deployRegion } from '../deploy-region';
import { bake } from '../support/bake';
import type { DeploymentRun } from '../support/deployment-run';
import { asStepFailure, messageOf, stepFailure } from '../support/failures';
import { asApproved, isUnchanged } from './apply-stacks';

/** One region: where it carries traffic it is drained, changed, found healthy, and answers again. */
export async function changeRegion(
  run: DeploymentRun,
  region: string,
  bakeSeconds: number,
): Promise<Failure | undefined> {
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
    if (outcome.kind === 'failed' && outcome.realChanges) throw asStepFailure(outcome.failure, outcome.realChanges);
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
