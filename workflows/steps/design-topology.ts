import { topologyArchitect } from '../../agents/topology-architect/topology-architect';
import { topologyDecision } from '../../agents/topology-architect/topology-decision';
import type { Advice } from '../../contracts/topology';
import { isLiveRequest, KEPT, liveCandidate } from '../../policies/kept-decisions';
import { quick } from '../support/activity-stubs';
import { askAgent } from '../support/ask-agent';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';

/** Step 1: the advisor ranks, the agent chooses, policies hold, the choice becomes a topology. */
export async function designTopology(run: DeploymentRun): Promise<string> {
  const { request } = run;
  run.progress.enter('topology', 'ranking candidate topologies', 'topology');
  const primary = run.record?.primary;
  const advice = await quick.adviseTopology('rank candidate topologies', { request, primary });
  refuseWithoutPrimary(advice, primary);
  const candidateId = await chooseCandidate(run, advice);
  const topology = await quick.completeTopology(`complete ${candidateId}`, { request, candidateId, primary });
  run.topology = topology;
  run.progress.plan(topology.regions);
  const regions = topology.regions.map(({ region, role }) => `${region} (${role})`).join(', ');
  return `${topology.mode}, ${topology.routing} routing: ${regions}; ${Math.round(topology.cost.usdPerMonth)} USD a month`;
}

/** A deployment never moves the primary: leaving its region out takes a switchover first. */
function refuseWithoutPrimary({ candidates, rejected }: Advice, primary: string | undefined): void {
  const refusal = candidates.length === 0 ? rejected.find(({ region }) => region === primary) : undefined;
  if (!refusal) return;
  throw stepFailure(
    'Plan.Blocked',
    `regions: ${refusal.region} ${refusal.why}; valid is a request that keeps it, or retire the deployment first`,
    { region: refusal.region },
  );
}

async function chooseCandidate(run: DeploymentRun, advice: Advice): Promise<string> {
  const kept = keptCandidate(run, advice);
  if (kept) return kept;
  const decided = await askAgent(run, topologyArchitect, { request: run.request, advice });
  run.decide(topologyDecision(decided));
  return decided.choice.candidate.id;
}

/** The same request again keeps what was decided for it: asking again could only make a change out of nothing. */
function keptCandidate(run: DeploymentRun, { candidates }: Advice): string | undefined {
  const live = run.record?.live;
  if (!isLiveRequest(run.request, live)) return undefined;
  const kept = liveCandidate(candidates, live.topology);
  if (!kept) return undefined;
  const choice = `${kept.id} ${kept.mode}, as generation ${live.generation}`;
  run.decide({ step: 'topology', about: 'topology', decidedBy: 'rules', choice, reason: KEPT, alternatives: [] });
  return kept.id;
}
