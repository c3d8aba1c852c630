/** Seed 003's numbers for its primary, secondary and tertiary region, by rank from 0; a further region counts as the third. */
export interface RankNumbers {
  /** overall health below this is not green */
  threshold: number;
  /** between two checks while nothing is suspicious */
  intervalSeconds: number;
  /** failed checks in a row that open the breaker: 3 for the primary, 5 for those after it */
  breakerFailures: number;
  /** latency above this breaks the emergency SLA, whatever the baseline is */
  emergencyLatencyMs: number;
}

/** Source: seed 003, "Traffic Distribution Strategy", "Health Check Distribution" and the circuit breakers of its regions. */
const RANKS: readonly [RankNumbers, RankNumbers, RankNumbers] = [
  { threshold: 95, intervalSeconds: 30, breakerFailures: 3, emergencyLatencyMs: 5_000 },
  { threshold: 90, intervalSeconds: 60, breakerFailures: 5, emergencyLatencyMs: 6_000 },
  { threshold: 85, intervalSeconds: 120, breakerFailures: 5, emergencyLatencyMs: 8_000 },
];

/** Between two looks across regions (latency from the world, who answers for the hostname). Source: seed 003. */
export const CROSS_REGION_SECONDS = 300;

/** @param rank 0 is the primary; -1 for a region that is in no order counts as the last */
export function numbersOf(rank: number): RankNumbers {
  return (rank < 0 ? undefined : RANKS[rank]) ?? RANKS[2];
}
