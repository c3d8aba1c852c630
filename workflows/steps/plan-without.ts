import { rolloutWithout } from '../../policies/kept-decisions';
import { unapprovedReason } from '../../policies/unapproved-changes';
import { quick } from '../support/activity-stubs';
import { approve } from '../support/approve';
import type { DeploymentRun } from '../support/deployment-run';
import { planDeployment } from './plan-deployment';

/**
 * Regions failed within the tolerance: they are taken back already, and the rest is planned anew without them, since
 * connections, replicas and records would lead to them. Doing less than what was approved needs no other approval;
 * anything more is asked for.
 */
export async function planWithout(run: DeploymentRun, failed: string[]): Promise<void> {
  const approved = run.approvedPlan;
  const { request } = run;
  const { topology } = approved;
  run.progress.say(`${failed.join(', ')} failed within the tolerance: planning without`);
  run.topology = await quick.reduceTopology('topology without what failed', { request, topology, without: failed });
  const { replication, rollout } = approved;
  const plan = await planDeployment(run, { replication, rollout: rolloutWithout(rollout, failed) });
  for (const { ref, changes } of plan.changes) {
    const known = approved.changes.find((stack) => stack.ref.region === ref.region && stack.ref.name === ref.name);
    const extra = unapprovedReason(ref, changes, known?.changes ?? []);
    if (!extra) continue;
    const summary = `the plan without ${failed.join(', ')}: ${extra}`;
    await approve(
      run,
      { id: 'plan', gate: 'plan', digest: plan.digest, summary, irreversible: plan.irreversible },
      'regions',
    );
    return;
  }
}
