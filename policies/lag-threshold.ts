/** Lag is measured every few seconds and promotion takes a moment: half of the recovery point is left for both. */
const SHARE_OF_RPO = 0.5;
/** Everything that was not yet replayed is replayed before a standby takes writes: at most a tenth of the recovery time. */
const SHARE_OF_RTO = 0.1;
const MOST_OF_RTO = 0.3;
/** A standby cannot be nearer than its round trip; three of them leave room for a retransmission. */
const ROUND_TRIPS = 3;
const LEAST_MS = 1_000;

export interface LagQuestion {
  rpoSeconds: number;
  rtoSeconds: number;
  farthestRttMs: number;
}

export interface LagThreshold {
  ms: number;
  reason: string;
}

/**
 * Replication lag above which the step fails and an alarm is raised, milliseconds: the smaller share of RPO and RTO,
 * but never so tight that distance alone would break it.
 */
export function lagThreshold({ rpoSeconds, rtoSeconds, farthestRttMs }: LagQuestion): LagThreshold {
  const byRpo = rpoSeconds * 1_000 * SHARE_OF_RPO;
  const byRto = rtoSeconds * 1_000 * SHARE_OF_RTO;
  const floor = lagFloorMs(farthestRttMs);
  const wanted = Math.min(byRpo, byRto);
  const why =
    wanted < floor
      ? `distance: three round trips of ${Math.round(farthestRttMs)} ms, at least ${LEAST_MS} ms`
      : byRpo <= byRto
        ? `half of the rpo of ${rpoSeconds} s`
        : `a tenth of the rto of ${rtoSeconds} s`;
  const ms = Math.round(Math.max(wanted, floor));
  return { ms, reason: `lag threshold ${ms} ms: ${why}` };
}

/**
 * Within what a threshold may be set by judgement, ms: not below what distance alone takes, not above half of the RPO,
 * and never so high that what is not replayed yet takes more than three tenths of the RTO.
 */
export function lagRange({ rpoSeconds, rtoSeconds, farthestRttMs }: LagQuestion): { least: number; most: number } {
  const least = Math.ceil(lagFloorMs(farthestRttMs));
  const most = Math.min(rpoSeconds * SHARE_OF_RPO, rtoSeconds * MOST_OF_RTO) * 1_000;
  return { least, most: Math.max(least, Math.floor(most)) };
}

function lagFloorMs(farthestRttMs: number): number {
  return Math.max(LEAST_MS, farthestRttMs * ROUND_TRIPS);
}
