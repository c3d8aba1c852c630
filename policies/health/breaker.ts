import type { CheckOutcome } from './check-outcome';

/**
 * A circuit breaker as plain data, so that a workflow can keep it. Closed: the region is trusted. Open: it is not,
 * whatever it answers. Half-open: one good check closes it, one bad one opens it again.
 */
export interface Breaker {
  state: 'closed' | 'open' | 'half-open';
  /** failed checks in a row */
  failures: number;
  openedAtMs?: number;
}

export const CLOSED_BREAKER: Breaker = { state: 'closed', failures: 0 };

/** How long it stays open before a good check may count: two checks of a primary. A judgement. */
const OPEN_MS = 60_000;

/**
 * The breaker after one more check. Unknown is no evidence: it neither counts as a failure nor forgives one.
 * @param limit failed checks in a row that open it
 */
export function afterCheck(breaker: Breaker, outcome: CheckOutcome, limit: number, nowMs: number): Breaker {
  const { state, failures, openedAtMs = nowMs } = restedBreaker(breaker, nowMs);
  const open: Breaker = { state: 'open', failures: failures + 1, openedAtMs: nowMs };
  switch (outcome) {
    case 'unknown':
      return state === 'closed' ? { state, failures } : { state, failures, openedAtMs };
    case 'failed':
      return state !== 'closed' || failures + 1 >= limit ? open : { state, failures: failures + 1 };
    case 'ok':
      return state === 'open' ? { state, failures, openedAtMs } : CLOSED_BREAKER;
  }
}

/** An open breaker lets one check decide once it has been open for long enough. */
function restedBreaker(breaker: Breaker, nowMs: number): Breaker {
  const isRested = breaker.state === 'open' && nowMs - (breaker.openedAtMs ?? nowMs) >= OPEN_MS;
  return isRested ? { ...breaker, state: 'half-open' } : breaker;
}
