import { ledgerSummary } from '../../agents/loop/token-ledger';
import type { DeploymentReport, Failure, Verdict } from '../../contracts/report';
import { CHECKLIST_ITEMS } from '../../contracts/validation';
import { quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf } from '../support/failures';

export interface Outcome {
  verdict: Verdict;
  failure?: Failure;
}

/**
 * Puts the report together and has it written; the same document is the result of the workflow. What was done is done:
 * a report that cannot be written changes nothing about the verdict.
 */
export async function finishReport(run: DeploymentRun, outcome: Outcome): Promise<DeploymentReport> {
  run.approvals.close();
  run.skipRemainingSteps();
  const summary = summarise(run, outcome);
  const report = assemble(run, outcome, summary);
  const completed = await writeReport(run, report);
  run.progress.end(outcome.verdict, summary, run.hasNothingToDo ? 'unchanged' : outcome.verdict);
  return { ...report, ...completed };
}

async function writeReport(run: DeploymentRun, report: DeploymentReport): Promise<Partial<DeploymentReport>> {
  try {
    const input = { report, childIds: run.childIds };
    return await quick.writeReport('account for the time, write the report', input);
  } catch (error) {
    run.progress.say(`the report could not be written: ${messageOf(error)}`);
    return {};
  }
}

function assemble(run: DeploymentRun, { verdict, failure }: Outcome, summary: string): DeploymentReport {
  const { measured, plan, topology } = run;
  return {
    schema: 'meridian.report/1',
    verdict,
    summary,
    generation: run.input.generation,
    request: run.request,
    ...(topology && { topology, cost: topology.cost }),
    steps: run.steps,
    decisions: run.decisions,
    ledger: ledgerSummary(run.ledger),
    ...(plan && { plan }),
    approvals: run.approvals.all,
    ...measured,
    checklist: measured.checklist.length > 0 ? measured.checklist : notMeasured(),
    ...(failure && { failure }),
    undone: run.undone,
    leftovers: run.leftovers,
    ...(run.proposals.length > 0 && { proposals: run.proposals }),
    timing: { wallMs: 0, criticalPathMs: 0, orchestrationMs: 0 },
    workflow: run.workflow,
    startedAt: run.startedAt,
    endedAt: new Date().toISOString(),
  };
}

function notMeasured(): DeploymentReport['checklist'] {
  return CHECKLIST_ITEMS.map((item) => ({ item, status: 'not-measured', evidence: [] }));
}

function summarise(run: DeploymentRun, { verdict, failure }: Outcome): string {
  const name = `${run.scope.application}/${run.scope.environment} generation ${run.input.generation}`;
  const regions = run.topology?.regions.length ?? 0;
  const live = run.record?.live;
  if (run.hasNothingToDo && live)
    return `${name} has nothing to do: generation ${live.generation} is what the request asks for`;
  if (verdict === 'promoted') return `${name} is promoted: ${run.request.hostname} serves from ${regions} regions`;
  return `${name} ${ending(verdict, failure?.type)}: ${failure?.message ?? 'no reason was given'}`;
}

/** A person's no is not a failure of the deployment. */
function ending(verdict: Verdict, type: string | undefined): string {
  switch (type) {
    case 'Approval.Rejected':
      return 'was rejected';
    case 'Approval.Expired':
      return 'was not approved in time';
    case 'Operation.Aborted':
      return 'was stopped';
    default:
      return verdict === 'failed' ? 'failed' : `is ${verdict}`;
  }
}
