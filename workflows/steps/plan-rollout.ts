import type { StackPlan } from '../../activities/plan-stacks';
import type { Decided } from '../../agents/loop/agent-run';
import { regionalDeployer } from '../../agents/regional-deployer/regional-deployer';
import type { RegionChanges, RolloutChoice } from '../../agents/regional-deployer/rollout-choice';
import { rolloutDecision } from '../../agents/regional-deployer/rollout-decision';
import type { Finding } from '../../contracts/finding';
import type { Rollout } from '../../contracts/rollout';
import type { Topology } from '../../contracts/topology';
import { askAgent } from '../support/ask-agent';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';

export interface RolloutFacts {
  topology: Topology;
  /** what rules designed */
  rollout: Rollout;
  stackPlans: readonly StackPlan[];
  findings: readonly Finding[];
}

/** In which order regions are made and who waits for whom. A finding that the agent holds to be harmful ends the plan. */
export async function planRollout(run: DeploymentRun, facts: RolloutFacts): Promise<Rollout> {
  const { topology, rollout, findings } = facts;
  const { request } = run;
  const changes = topology.regions.map(({ region }) => changesOf(region, facts.stackPlans));
  const decided = await askAgent(run, regionalDeployer, { request, topology, rollout, changes, findings });
  run.decide(rolloutDecision(decided));
  const { blocked } = decided.choice;
  if (blocked.length > 0)
    throw stepFailure('Plan.Blocked', `the regional deployer holds findings to be harmful here: ${blocked.join('; ')}`);
  return signed(decided);
}

/** Whoever approves the plan reads whose words these are. */
function signed(decided: Decided<RolloutChoice>): Rollout {
  const { rollout, summary, accepted } = decided.choice;
  if (decided.by === 'rules') return rollout;
  const said = [rollout.reason, summary, ...accepted.map((finding) => `accepts ${finding}`)];
  return { ...rollout, reason: `${decided.model}: ${said.filter((words) => words !== '').join('; ')}` };
}

function changesOf(region: string, plans: readonly StackPlan[]): RegionChanges {
  const mine = plans.filter(({ ref }) => ref.region === region);
  const count = (...actions: string[]) =>
    mine.reduce((sum, { changes }) => sum + changes.filter(({ action }) => actions.includes(action)).length, 0);
  return {
    region,
    create: count('create'),
    change: count('change'),
    replace: count('replace', 'delete'),
    isNew: mine.every(({ before }) => before === 'absent'),
  };
}
