import type { GeneratedTemplates } from '../../activities/generate-templates';
import type { StackPlan } from '../../activities/plan-stacks';
import type { Finding } from '../../contracts/finding';
import type { DeploymentPlan } from '../../contracts/plan';
import type { ReplicationPlan } from '../../contracts/replication';
import type { Topology } from '../../contracts/topology';
import { isLiveRequest, KEPT } from '../../policies/kept-decisions';
import { isLost } from '../../policies/stateful-resources';
import { platform, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';
import { planReplication } from './plan-replication';
import { planRollout } from './plan-rollout';

/**
 * First half of step 2: from topology to a sealed plan. Nothing is touched yet.
 * @param settled decisions of an earlier plan that stand: nobody is asked about them again
 */
export async function planDeployment(run: DeploymentRun, settled?: Settled): Promise<DeploymentPlan> {
  const { request, topology } = run;
  if (!topology) throw stepFailure('Internal', 'there is no topology to plan for');
  run.progress.enter('plan', 'planning replication, rollout and templates', 'regions');
  const replication = await planReplication(run, topology, settled?.replication ?? keptReplication(run));
  const live = run.record?.live;
  const designed = settled?.rollout ?? (await quick.designRollout('design rollout', { request, topology }));
  let draft = await draftStacks(run, topology, replication, live?.firstRegion ?? designed.canary);
  const isSettled = settled !== undefined || (live && changesNothing(draft));
  const rollout = isSettled ? designed : await planRollout(run, { topology, rollout: designed, ...draft });
  // The first region to be made holds what all of them share.
  if (!live && rollout.canary !== designed.canary)
    draft = await draftStacks(run, topology, replication, rollout.canary);
  const { templates, findings, stackPlans } = draft;
  const plan = await quick.sealPlan('seal the plan', {
    topology,
    rollout,
    replication,
    templates,
    findings,
    stackPlans,
    ...(live && { live: { stacks: live.stacks, topology: live.topology, writer: run.record?.primary } }),
  });
  run.plan = plan;
  run.measured.documents.push(...plan.documents);
  refuseUnsupportedChange(run, plan);
  return plan;
}

type Settled = Pick<DeploymentPlan, 'replication' | 'rollout'>;

/** The same request again keeps what was decided for it. */
function keptReplication(run: DeploymentRun): ReplicationPlan | undefined {
  const live = run.record?.live;
  if (!isLiveRequest(run.request, live) || !live.replication?.stores.length) return undefined;
  const choice = `as generation ${live.generation}`;
  run.decide({ step: 'replication', about: 'replication', decidedBy: 'rules', choice, reason: KEPT, alternatives: [] });
  return live.replication;
}

/** Templates that passed the security gate, and what the platform would change. */
interface Draft {
  templates: GeneratedTemplates;
  findings: Finding[];
  stackPlans: StackPlan[];
}

async function draftStacks(
  run: DeploymentRun,
  topology: Topology,
  replication: ReplicationPlan,
  firstRegion: string,
): Promise<Draft> {
  const { request } = run;
  const live = run.record?.live;
  const templates = await quick.generateTemplates('generate templates', {
    request,
    topology,
    replication,
    firstRegion,
    ...(live && { live: { specs: live.specs, firstRegion: live.firstRegion } }),
  });
  const findings = await quick.validateSecurity('validate security', { request, templates });
  const blocking = findings.filter(({ severity }) => severity === 'high');
  if (blocking.length > 0) {
    const worst = blocking.slice(0, 5).map(({ rule, where, message }) => `${rule} at ${where}: ${message}`);
    throw stepFailure('Plan.Blocked', `${blocking.length} findings of high severity: ${worst.join('; ')}`);
  }
  const stackPlans = await platform.planStacks('compare with what exists', {
    ...run.on,
    stacks: templates.stacks,
    ...(run.input.revertDrift && { revertDrift: true }),
  });
  return { templates, findings, stackPlans };
}

function changesNothing({ stackPlans }: Draft): boolean {
  return stackPlans.every(({ changes }) => changes.length === 0);
}

/**
 * What a deployment never does to what is there: take data of a region that stays away, remove or move the primary, or
 * rename what serves people. Retiring is for destroying, a switchover for moving.
 */
function refuseUnsupportedChange(run: DeploymentRun, plan: DeploymentPlan): void {
  const reason = lostData(plan) ?? lostStacks(plan) ?? movedPrimary(run, plan) ?? renamedHost(run);
  if (reason) throw stepFailure('Plan.Blocked', reason);
}

function lostData({ changes }: DeploymentPlan): string | undefined {
  for (const { ref, changes: planned } of changes) {
    const lost = planned.find(isLost);
    if (lost)
      return `the plan would ${lost.action} ${lost.resource} (${lost.type}) in ${ref.region}: a deployment never destroys data; keep it in the request, or retire the deployment`;
  }
  return undefined;
}

/** A region may leave as a whole; one that stays keeps its data and its network. */
function lostStacks({ dangling }: DeploymentPlan): string | undefined {
  const lost = dangling.filter(({ ref }) => ref.kind !== 'connectivity').map(({ ref }) => `${ref.region}/${ref.kind}`);
  if (lost.length === 0) return undefined;
  return `the request leaves out what carries production traffic (${lost.join(', ')}) in a region that stays: ask for it again, or retire the deployment`;
}

function movedPrimary({ record }: DeploymentRun, { topology }: DeploymentPlan): string | undefined {
  const primary = record?.primary;
  if (!primary || primary === topology.primary) return undefined;
  return `the plan makes ${topology.primary} the primary, but ${primary} takes the writes; a deployment never moves the primary: ask for regions that keep it, or switch over first`;
}

function renamedHost({ record, request }: DeploymentRun): string | undefined {
  const hostname = record?.live?.hostname;
  if (!hostname || hostname === request.hostname) return undefined;
  return `${hostname} carries production traffic; changing it to ${request.hostname} is not supported yet`;
}
