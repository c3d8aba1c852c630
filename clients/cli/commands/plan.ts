import { nothingToDo } from '../../../policies/nothing-to-do';
import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient } from '../../connection';
import { planDeployment } from '../../operations';
import { EXIT, EXIT_SOMETHING_TO_DO } from '../exit-codes';
import { readCheckedRequest } from '../read-checked-request';
import { renderPlan } from '../render-plan';
import { renderRequestProblems } from '../render-problems';
import type { Terminal } from '../terminal';

export interface PlanCommandInput {
  file: string;
  json?: boolean;
  details?: boolean;
  /** exit with 2 when there is something to do, with 0 when not; a request that is not valid then ends with 1 */
  detailedExitcode?: boolean;
  by: string;
}

/** Shows what a request would do. With `json`: the plan, its decisions and the ledger as one document. */
export async function runPlan(
  { file, json, details, detailedExitcode, by }: PlanCommandInput,
  terminal: Terminal,
): Promise<number> {
  const checked = await readCheckedRequest(file);
  if ('problems' in checked) {
    terminal.err(renderRequestProblems(file, checked.problems, terminal.errColors));
    return detailedExitcode ? EXIT.failed : EXIT.badInput;
  }
  const { request } = checked;
  const meridian = await connectClient(loadConfig());
  try {
    const result = await planDeployment(meridian, { request, requester: by });
    if (json) terminal.out(`${JSON.stringify(result, undefined, 2)}\n`);
    else {
      terminal.out(
        renderPlan(result.plan, { budgetUsdPerMonth: request.budget.usdPerMonth, details }, terminal.outColors),
      );
      for (const { about, choice, decidedBy, reason } of result.decisions)
        terminal.out(`decided by ${decidedBy}: ${about} → ${choice} (${reason})\n`);
    }
    return detailedExitcode && !nothingToDo(result.plan) ? EXIT_SOMETHING_TO_DO : EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
