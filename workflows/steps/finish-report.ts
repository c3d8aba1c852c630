import { ledgerSummary } from '../../agents/loop/token-ledger';
import type { DeploymentReport, Failure, Verdict } from '../../contracts/report';
import { CHECKLIST_ITEMS } from '../../contracts/validation';
import { quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';

/** Puts the report together and has it written; the same document is the result of the workflow. */
export async function finishReport(
  run: DeploymentRun,
  outcome: { verdict: Verdict; failure?: Failure },
): Promise<DeploymentReport> {
  run.skipRemainingSteps();
  const summary = summarise(run, outcome);
  const report = assemble(run, outcome, summary);
  const completed = await quick.writeReport('account for the time, write the report', {
    report,
    childIds: run.childIds,
  });
  run.progress.end(outcome.verdict, summary);
  return { ...report, ...completed };
}

function assemble(
  run: DeploymentRun,
  { verdict, failure }: { verdict: Verdict; failure?: Failure },
  summary: string,
): DeploymentReport {
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
    timing: { wallMs: 0, criticalPathMs: 0, orchestrationMs: 0 },
    workflow: run.workflow,
    startedAt: run.startedAt,
    endedAt: new Date().toISOString(),
  };
}

function notMeasured(): DeploymentReport['checklist'] {
  return CHECKLIST_ITEMS.map((item) => ({ item, status: 'not-measured', evidence: [] }));
}

function summarise(run: DeploymentRun, { verdict, failure }: { verdict: Verdict; failure?: Failure }): string {
  const name = `${run.scope.application}/${run.scope.environment} generation ${run.input.generation}`;
  if (verdict === 'promoted')
    return `${name} is promoted: ${run.request.hostname} serves from ${run.topology?.regions.length ?? 0} regions`;
  return `${name} is ${verdict}: ${failure?.message ?? 'no reason was given'}`;
}
