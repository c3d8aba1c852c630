/** What a health check knows about one region. */
export interface HealthState {
  healthy: boolean;
  /** ISO time of the last change */
  since: string;
  consecutiveFailures: number;
}

/** A region that was never asked counts as unhealthy: it has to prove itself first. */
export function unproven(at: string): HealthState {
  return { healthy: false, since: at, consecutiveFailures: 0 };
}

/**
 * The state after one more check. A healthy region needs `failureThreshold` failures in a row to become unhealthy; one
 * success makes it healthy again.
 */
export function nextHealth(
  state: HealthState,
  check: { passed: boolean; at: string; failureThreshold: number },
): HealthState {
  const consecutiveFailures = check.passed ? 0 : state.consecutiveFailures + 1;
  const healthy = check.passed || (state.healthy && consecutiveFailures < check.failureThreshold);
  return { healthy, consecutiveFailures, since: healthy === state.healthy ? state.since : check.at };
}
