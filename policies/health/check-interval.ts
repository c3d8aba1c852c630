import { numbersOf } from './ranks';
import { DOWN_CHECKS, type RegionWindow } from './region-window';

/** Detecting is half of a recovery at most: the other half is left for the act. A judgement. */
const SHARE_OF_RTO = 0.5;
/** More often costs more than it tells: a check itself takes seconds when something is wrong. */
const LEAST_SECONDS = 5;

/** Seconds between two checks with which a failure can still be seen in time: three of them in half the recovery time. */
function slowestSeconds(rtoSeconds: number): number {
  return Math.floor((SHARE_OF_RTO * rtoSeconds) / DOWN_CHECKS);
}

/**
 * Why an interval cannot keep a recovery time; undefined when it can (DESIGN §9: "an interval that cannot meet its tier is refused").
 */
export function intervalProblem(seconds: number, rtoSeconds: number): string | undefined {
  const slowest = slowestSeconds(rtoSeconds);
  if (seconds <= slowest && seconds >= LEAST_SECONDS) return undefined;
  const why = `${DOWN_CHECKS} failed checks take ${DOWN_CHECKS * seconds} s, and an rto of ${rtoSeconds} s leaves ${SHARE_OF_RTO * rtoSeconds} s for them`;
  if (slowest < LEAST_SECONDS)
    return `check interval ${seconds} s: ${why}; no interval can keep it (the least is ${LEAST_SECONDS} s): valid is an rto of at least ${(LEAST_SECONDS * DOWN_CHECKS) / SHARE_OF_RTO} s, or a platform that fails over by its own leases`;
  return seconds > slowest
    ? `check interval ${seconds} s: ${why}; valid are ${LEAST_SECONDS} to ${slowest} s`
    : `check interval ${seconds} s: checks take seconds themselves; valid are ${LEAST_SECONDS} to ${slowest} s`;
}

/**
 * How often a region is checked: as seed 003 has it by rank, more often where the recovery time asks for it. Only where
 * nothing but these checks can notice a loss is the recovery time theirs to keep.
 * @param problem in words, when no interval keeps the recovery time
 */
export function checkInterval(
  rank: number,
  { rtoSeconds, leases }: { rtoSeconds: number; leases: boolean },
): { seconds: number; problem?: string } {
  const { intervalSeconds } = numbersOf(rank);
  if (leases || rank > 0) return { seconds: intervalSeconds };
  const seconds = Math.max(LEAST_SECONDS, Math.min(intervalSeconds, slowestSeconds(rtoSeconds)));
  const problem = intervalProblem(seconds, rtoSeconds);
  return { seconds, ...(problem !== undefined && { problem }) };
}

/** A region that just failed a check, or could not be seen, is looked at as often as the primary: three checks must fit into 90 s. */
export function isSuspicious({ last, breaker }: RegionWindow): boolean {
  return last?.outcome === 'failed' || last?.outcome === 'unknown' || breaker.state !== 'closed';
}
