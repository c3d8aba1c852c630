import type { DeploymentRequest } from '../contracts/request';
import type { TopologyMode } from '../contracts/topology';

const ACTIVE_ACTIVE_BUDGET_FACTOR = 2;

function runsEverywhereInFull(mode: TopologyMode): boolean {
  switch (mode) {
    case 'active-active':
      return true;
    case 'active-passive':
    case 'read-local':
    case 'sharded':
      return false;
  }
}

/** Dollars as people write them. */
export function usd(amount: number): string {
  return `$${Math.round(amount)}`;
}

/**
 * Seed 004 step 1: a budget below twice the cost of a single region means active-passive rather than active-active;
 * and no topology may cost more than the budget.
 */
export function budgetViolations(
  { mode, cost }: { mode: TopologyMode; cost: { usdPerMonth: number } },
  request: DeploymentRequest,
  { singleRegionUsdPerMonth }: { singleRegionUsdPerMonth: number },
): string[] {
  const budget = request.budget.usdPerMonth;
  const sentences: string[] = [];
  if (cost.usdPerMonth > budget) {
    sentences.push(
      `budget ${usd(budget)} a month: this costs ${usd(cost.usdPerMonth)}; valid is a budget of at least ${usd(Math.ceil(cost.usdPerMonth))}, or fewer regions`,
    );
  }
  if (runsEverywhereInFull(mode) && budget < ACTIVE_ACTIVE_BUDGET_FACTOR * singleRegionUsdPerMonth) {
    sentences.push(
      `budget ${usd(budget)} a month is below twice the ${usd(singleRegionUsdPerMonth)} of a single region: ${mode} is not allowed; valid is active-passive`,
    );
  }
  return sentences;
}
