import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { DeploymentPlan } from '../../contracts/plan';
import type { Wave } from '../../contracts/rollout';
import type { StackKind } from '../../contracts/stack';
import { operationKeyFromWorkflowId, regionWorkflowId } from '../../contracts/workflow-ids';
import { type DeployRegionResult, deployRegion } from '../deploy-region';
import { quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf, stepFailure } from '../support/failures';

/** Second half of step 2: canary, bake, the other waves, then the connections between regions. */
export async function deployRegions(run: DeploymentRun, plan: DeploymentPlan): Promise<string> {
  await quick.claimPlace(`record that it is on ${run.request.platform}`, run.on);
  run.progress.enter('regions', `canary first: ${plan.rollout.canary}`, 'regions');
  let failed = 0;
  for (const [index, wave] of plan.rollout.waves.entries()) {
    if (wave.approvalBefore && index > 0) await approveWave(run, plan, index);
    failed += await deployWave(run, plan, wave);
    if (failed > plan.rollout.failureTolerance) break;
  }
  await applyStacks(run, plan, 'connectivity');
  return `${plan.topology.regions.length} regions in ${plan.rollout.waves.length} waves, canary ${plan.rollout.canary}`;
}

/** The rollout asks for it, so it is asked: critical production cannot opt out. */
async function approveWave(run: DeploymentRun, plan: DeploymentPlan, index: number): Promise<void> {
  const regions = plan.rollout.waves[index]?.regions.join(', ');
  const summary = `wave ${index + 1}: ${regions}`;
  const opened = () => run.progress.enter('approval', `waiting for approval of ${summary}`, 'regions');
  const gate = { id: `wave-${index + 1}`, gate: 'wave', digest: plan.digest, summary, irreversible: [] } as const;
  await run.approvals.pass({ ...gate, irreversible: [] }, { required: true, opened });
  run.progress.enter('regions', summary, 'regions');
}

/** Deploys the regions of a wave, at most `concurrency` at once. The first failure beyond the tolerance stops the line. */
async function deployWave(run: DeploymentRun, plan: DeploymentPlan, wave: Wave): Promise<number> {
  let failed = 0;
  const queue = [...wave.regions];
  const lane = async () => {
    for (let region = queue.shift(); region !== undefined; region = queue.shift()) {
      const result = await deployOne(run, plan, region, wave.bakeSeconds);
      if (result.kind === 'deployed') continue;
      failed += 1;
      if (failed > plan.rollout.failureTolerance) {
        queue.length = 0;
        const { message, type, region: where, resource } = result.failure;
        throw stepFailure(type as Parameters<typeof stepFailure>[0], message, {
          ...(where && { region: where }),
          ...(resource && { resource }),
        });
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: wave.concurrency }, lane));
  const broken = lanes.find((outcome) => outcome.status === 'rejected');
  if (broken) throw broken.reason;
  return failed;
}

async function deployOne(
  run: DeploymentRun,
  plan: DeploymentPlan,
  region: string,
  bakeSeconds: number,
): Promise<DeployRegionResult> {
  const artifact = plan.stacks.find(({ ref }) => ref.region === region && ref.kind === 'base');
  const key = operationKeyFromWorkflowId(run.workflow.id);
  if (!artifact || !key) throw stepFailure('Internal', `the plan has no base stack for ${region}`);
  run.progress.region(region, 'applying', 'base stack');
  const workflowId = regionWorkflowId(key, region);
  const child = await startChild(deployRegion, {
    workflowId,
    args: [{ ...run.on, region, artifact, refs: plan.stacks.map(({ ref }) => ref), bakeSeconds }],
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `${region}: base stack, ${bakeSeconds} s bake`,
  });
  run.childIds.push(workflowId);
  const result = await child.result().catch((error) => {
    // Terminated from outside, it took its way back with it: what it made still carries our tag and intent.
    run.leaveBehind(region, 'base', `the workflow of this region ended without undoing anything: ${messageOf(error)}`);
    throw error;
  });
  if (result.kind === 'deployed') {
    run.compensations.take(result.compensations);
    run.progress.region(region, 'ready', 'base stack is up');
  } else {
    run.undone.push(...result.undone);
    run.leftovers.push(...result.left);
    run.progress.region(region, 'failed', result.failure.message);
  }
  return result;
}

/** Applies all stacks of one kind in the order of the plan, each with its way back written down first. */
export async function applyStacks(run: DeploymentRun, plan: DeploymentPlan, kind: StackKind): Promise<void> {
  const refs = plan.stacks.map(({ ref }) => ref);
  for (const artifact of plan.stacks.filter(({ ref }) => ref.kind === kind)) {
    run.progress.region(artifact.ref.region, 'applying', `${kind} stack`);
    await run.compensations.apply(artifact, refs);
    run.progress.region(artifact.ref.region, 'ready', `${kind} stack is up`);
  }
}
