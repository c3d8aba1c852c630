import { replicationDecisions } from '../../agents/replication-engineer/replication-decisions';
import { replicationEngineer } from '../../agents/replication-engineer/replication-engineer';
import type { ReplicationPlan } from '../../contracts/replication';
import type { Topology } from '../../contracts/topology';
import { wishesOf } from '../../policies/kept-decisions';
import type { StoreQuestion } from '../../policies/replication-options';
import { quick } from '../support/activity-stubs';
import { askAgent } from '../support/ask-agent';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';

/**
 * How every store is replicated: rules say what is possible, the agent picks, rules calculate. What is settled by an
 * earlier plan is not asked again.
 */
export async function planReplication(
  run: DeploymentRun,
  topology: Topology,
  settled: ReplicationPlan | undefined,
): Promise<ReplicationPlan> {
  const { request } = run;
  const isSettled = settled !== undefined || request.dataStores.length === 0;
  if (isSettled) {
    const wishes = settled && wishesOf(settled);
    return quick.planReplication('plan replication', { request, topology, ...(wishes && { wishes }) });
  }
  const questions = await quick.replicationQuestions('what may be decided of every store', { request, topology });
  refuseUnsatisfiable(questions);
  const decided = await askAgent(run, replicationEngineer, { request, topology, questions });
  const { wishes } = decided.choice;
  const plan = await quick.planReplication('plan replication', { request, topology, wishes });
  const [all, ...perStore] = replicationDecisions(decided, plan);
  if (all) run.decide(all);
  run.decisions.push(...perStore);
  return plan;
}

function refuseUnsatisfiable(questions: readonly StoreQuestion[]): void {
  for (const { store, mode } of questions) {
    if (mode.kind !== 'unsatisfiable') continue;
    const instead = mode.alternatives.length > 0 ? `; possible: ${mode.alternatives.join('; ')}` : '';
    throw stepFailure('Replication.Unsatisfiable', `${store}: ${mode.reason}${instead}`, { resource: store });
  }
}
