import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient } from '../../connection';
import { planDeployment } from '../../operations';
import { EXIT } from '../exit-codes';
import { readCheckedRequest } from '../read-checked-request';
import { renderPlan } from '../render-plan';
import { renderRequestProblems } from '../render-problems';
import type { Terminal } from '../terminal';

/** Shows what a request would do. With `json`: the plan, its decisions and the ledger as one document. */
export async function runPlan(
  { file, json, details, by }: { file: string; json?: boolean; details?: boolean; by: string },
  terminal: Terminal,
): Promise<number> {
  const checked = await readCheckedRequest(file);
  if ('problems' in checked) {
    terminal.err(renderRequestProblems(file, checked.problems, terminal.errColors));
    return EXIT.badInput;
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
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
