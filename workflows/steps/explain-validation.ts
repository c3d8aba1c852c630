import { whoDecided } from '../../agents/decision';
import { validationAnalyst } from '../../agents/validation-analyst/validation-analyst';
import type { LagFinding, ValidationFindings } from '../../agents/validation-analyst/validation-findings';
import type { DeploymentPlan } from '../../contracts/plan';
import { deciding } from '../../policies/latency-scope';
import type { DeploymentRun } from '../support/deployment-run';
import { explain } from '../support/explain';

/**
 * After rules have judged: an agent says what the findings have in common and what was close. Its words become a
 * decision of the report and proposals for a person; the verdict stays what the rules said.
 * @param blockers why the promotion is blocked; empty when it is not
 */
export async function explainValidation(
  run: DeploymentRun,
  plan: DeploymentPlan,
  blockers: readonly string[],
): Promise<void> {
  const decided = await explain(run, validationAnalyst, findingsOf(run, plan, blockers));
  if (!decided) return;
  const { summary, cause, marginal, next } = decided.choice;
  run.decide({
    step: 'validation',
    about: 'validation',
    ...whoDecided(decided, cause),
    choice: `${blockers.length > 0 ? 'blocked' : 'nothing blocks the promotion'}: ${summary}`,
    alternatives: marginal.map((item) => `close: ${item}`),
  });
  const who = decided.by === 'model' ? decided.model : 'rules';
  run.proposals.push(...next.map((step) => `suggested by ${who}: ${step}`));
}

function findingsOf(run: DeploymentRun, plan: DeploymentPlan, blockers: readonly string[]): ValidationFindings {
  const { health, latency, load, drill, checklist } = run.measured;
  return {
    sla: run.request.latency,
    recovery: run.request.recovery,
    regions: plan.topology.regions.map(({ region }) => region),
    verdict: blockers.length > 0 ? 'blocked' : 'promoted',
    blockers: [...blockers],
    health,
    latency: deciding(latency),
    ...(load && { load }),
    ...(drill && { drill }),
    checklist,
    lag: lagOf(run, plan),
  };
}

function lagOf({ databases }: DeploymentRun, { replication }: DeploymentPlan): LagFinding[] {
  return databases.flatMap(({ region, store, lagMs }) => {
    const planned = replication.stores.find((one) => one.store === store);
    return planned && lagMs !== undefined ? [{ region, store, lagMs, thresholdMs: planned.lagThresholdMs }] : [];
  });
}
