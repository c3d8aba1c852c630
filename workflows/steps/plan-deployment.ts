import type { DeploymentPlan } from '../../contracts/plan';
import { platform, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';

/** First half of step 2: from topology to a sealed plan. Nothing is touched yet. */
export async function planDeployment(run: DeploymentRun): Promise<DeploymentPlan> {
  const { request, topology } = run;
  if (!topology) throw stepFailure('Internal', 'there is no topology to plan for');
  run.progress.enter('plan', 'planning replication, rollout and templates', 'regions');
  const replication = await quick.planReplication('plan replication', { request, topology });
  for (const { store, mode } of replication.stores) {
    if (mode.kind === 'unsatisfiable') {
      const instead = mode.alternatives.length > 0 ? `; possible: ${mode.alternatives.join('; ')}` : '';
      throw stepFailure('Replication.Unsatisfiable', `${store}: ${mode.reason}${instead}`, { resource: store });
    }
  }
  const rollout = await quick.designRollout('design rollout', { request, topology });
  const templates = await quick.generateTemplates('generate templates', {
    request,
    topology,
    replication,
    firstRegion: rollout.canary,
  });
  const findings = await quick.validateSecurity('validate security', { request, templates });
  const blocking = findings.filter(({ severity }) => severity === 'high');
  if (blocking.length > 0) {
    const worst = blocking.slice(0, 5).map(({ rule, where, message }) => `${rule} at ${where}: ${message}`);
    throw stepFailure('Plan.Blocked', `${blocking.length} findings of high severity: ${worst.join('; ')}`);
  }
  const stackPlans = await platform.planStacks('compare with what exists', { ...run.on, stacks: templates.stacks });
  const plan = await quick.sealPlan('seal the plan', {
    topology,
    rollout,
    replication,
    templates,
    findings,
    stackPlans,
  });
  run.plan = plan;
  run.measured.documents.push(...plan.documents);
  recordRuleDecisions(run, plan);
  refuseUnsupportedChange(run, plan);
  return plan;
}

/** Rollout and replication are decided by rules until their agents are asked; the report says so. */
function recordRuleDecisions(run: DeploymentRun, { rollout, replication }: DeploymentPlan): void {
  run.decisions.push({
    step: 'regions',
    about: 'rollout',
    decidedBy: 'rules',
    choice: `canary ${rollout.canary}, then ${rollout.waves.length - 1} more waves`,
    reason: rollout.reason,
    alternatives: [],
  });
  for (const { store, mode, capability } of replication.stores) {
    run.decisions.push({
      step: 'replication',
      about: `replication of ${store}`,
      decidedBy: 'rules',
      choice: mode.kind,
      reason: capability,
      alternatives: mode.kind === 'unsatisfiable' ? mode.alternatives : [],
    });
  }
}

/** Regions of a live deployment are not taken away, and no primary is moved, by deploying another request. */
function refuseUnsupportedChange(run: DeploymentRun, plan: DeploymentPlan): void {
  const wanted = new Set(plan.topology.regions.map(({ region }) => region));
  const live = run.record?.live?.topology.regions ?? [];
  const removed = live.filter(({ region }) => !wanted.has(region)).map(({ region }) => region);
  if (removed.length > 0) {
    throw stepFailure(
      'Plan.Blocked',
      `the request leaves out ${removed.join(', ')}, which carries production traffic; removing a live region is not supported yet, retire the deployment or ask for all of ${[...wanted, ...removed].join(', ')}`,
    );
  }
  const primary = run.record?.primary;
  if (primary && primary !== plan.topology.primary) {
    throw stepFailure(
      'Plan.Blocked',
      `the plan makes ${plan.topology.primary} the primary, but ${primary} takes the writes; a deployment never moves the primary: ask for regions that keep it, or retire the deployment first`,
    );
  }
}
