/** How long a lease holds, and how far clocks may disagree while it does. All times in milliseconds. */
export interface Timing {
  /** from the moment a renewal is sent, on the holder's clock; and how long others must see it unchanged, on theirs */
  leaseMs: number;
  renewEveryMs: number;
  /** a clock runs between 1 − drift and 1 + drift seconds a second */
  drift: number;
  /** from the decision to kill a database's process group until none of it runs */
  killMs: number;
}

/** The default of a region pair: an outage of a silent region lasts between the lease and two seconds more. */
export const DEFAULT_TIMING: Timing = { leaseMs: 3_000, renewEveryMs: 500, drift: 0.01, killMs: 250 };

/**
 * For how long after sending a renewal its holder may serve, on its own clock. Whoever takes over waits `leaseMs` on a
 * clock that may be fast while the holder's is slow; the database must be gone before that.
 */
export function serveMs({ leaseMs, drift, killMs }: Timing): number {
  return Math.floor((leaseMs * (1 - drift)) / (1 + drift)) - killMs;
}

/** Why a timing cannot work; undefined when it can: two renewals may be lost before the holder has to stop. */
export function timingProblem(timing: Timing): string | undefined {
  const least = 3 * timing.renewEveryMs;
  if (timing.drift < 0 || timing.drift >= 0.1) return `drift is ${timing.drift}; valid is 0 up to 0.1`;
  if (serveMs(timing) >= least) return undefined;
  return `a lease of ${timing.leaseMs} ms leaves ${serveMs(timing)} ms to serve; valid is a lease that leaves at least three renewals (${least} ms)`;
}
