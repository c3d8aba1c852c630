import type { ApplyOptions } from '../../activities/stacks';
import { digestOf } from '../../contracts/digest';
import type { DeploymentPlan } from '../../contracts/plan';
import type { PlannedChange, StackArtifact, StackKind, StackRef } from '../../contracts/stack';
import { isLost } from '../../policies/stateful-resources';
import { approve } from '../support/approve';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf, realChangesOf, stepFailure } from '../support/failures';

/** A plan that keeps changing under the hands of the one who approves it is somebody else at work. */
const ASKED_AGAIN_AT_MOST = 3;

/**
 * Applies all stacks of one kind in the order of the plan, each with its way back written down first.
 * @param applied is called after each stack that stands
 */
export async function applyStacks(
  run: DeploymentRun,
  plan: DeploymentPlan,
  kind: StackKind,
  applied: (ref: StackRef) => Promise<void> = async () => {},
): Promise<void> {
  const refs = plan.stacks.map(({ ref }) => ref);
  const stacks = plan.stacks.filter((artifact) => artifact.ref.kind === kind && !isUnchanged(run, plan, artifact));
  await run.compensations.lookAt(stacks.map(({ ref }) => ref));
  for (const artifact of stacks) {
    const { region } = artifact.ref;
    await run.pause.over();
    run.progress.region(region, 'applying', `${kind} stack`);
    const { skipped } = await asApproved(run, plan, artifact, (options) =>
      run.compensations.apply(artifact, refs, options),
    );
    if (skipped) run.progress.say(`${kind}: a rollback left out ${skipped.join(', ')}`, region);
    await applied(artifact.ref);
    run.progress.region(region, 'ready', `${kind} stack is up`);
  }
}

/**
 * Runs an act on a stack within what was approved. When the platform is about to do anything else, nothing happens until
 * that was approved, too.
 */
export async function asApproved<R>(
  run: DeploymentRun,
  plan: DeploymentPlan,
  artifact: StackArtifact,
  act: (options: ApplyOptions) => Promise<R>,
): Promise<R> {
  let approved = changesOf(plan, artifact.ref);
  for (let asked = 0; ; asked += 1) {
    try {
      return await act({ approved, ...run.applyOptions });
    } catch (error) {
      const real = realChangesOf(error);
      if (!real || asked === ASKED_AGAIN_AT_MOST) throw error;
      await askAgain(run, artifact, { real, why: messageOf(error) });
      approved = real;
    }
  }
}

/** A change leaves a stack alone that has nothing to change and whose parameters come from none that has. */
export function isUnchanged(run: DeploymentRun, plan: DeploymentPlan, { ref, parameters }: StackArtifact): boolean {
  if (!run.isChange || changesOf(plan, ref).length > 0) return false;
  const sources = Object.values(parameters).flatMap((parameter) => ('output' in parameter ? [parameter.output] : []));
  return plan.changes.every(
    ({ ref: other, changes }) =>
      changes.length === 0 || !sources.some(({ region, kind }) => region === other.region && kind === other.kind),
  );
}

function changesOf(plan: DeploymentPlan, ref: StackRef): PlannedChange[] {
  return plan.changes.find((stack) => isSame(stack.ref, ref))?.changes ?? [];
}

/** What people see and approve from now on is the plan with what the platform would really do. */
async function askAgain(
  run: DeploymentRun,
  { ref, digest: template }: StackArtifact,
  { real, why }: { real: PlannedChange[]; why: string },
): Promise<void> {
  const { region, kind } = ref;
  if (real.some(isLost)) throw stepFailure('Plan.Blocked', `${why}; a deployment never destroys data`, { region });
  run.progress.say(`not as approved: ${why}`, region);
  const plan = run.approvedPlan;
  const digest = digestOf(JSON.stringify([plan.digest, template, real]));
  const changes = plan.changes.map((stack) => (isSame(stack.ref, ref) ? { ...stack, changes: real } : stack));
  run.plan = { ...plan, digest, changes };
  const summary = `what changed since the plan: ${why}`;
  await approve(run, { id: `plan-${region}-${kind}`, gate: 'plan', digest, summary, irreversible: [] }, 'regions');
}

function isSame(a: StackRef, b: StackRef): boolean {
  return a.region === b.region && a.name === b.name;
}
