/** A risk of two writers is taken for one failover, not for a season: whoever still wants it tomorrow says so again. */
export const LONGEST_RISK_MS = 24 * 3_600_000;

/** Why a risk is not accepted until a time (ISO); undefined when it is. */
export function riskRefusal(until: string, nowMs: number): string | undefined {
  const leftMs = Date.parse(until) - nowMs;
  if (leftMs > 0 && leftMs <= LONGEST_RISK_MS) return undefined;
  const latest = new Date(nowMs + LONGEST_RISK_MS).toISOString();
  const why = leftMs > 0 ? 'is more than 24 hours from now' : 'is over';
  return `until: ${until} ${why}; valid: a time after ${new Date(nowMs).toISOString()} and not after ${latest}`;
}
