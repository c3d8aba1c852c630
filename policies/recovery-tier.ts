/** Seed 003, "RTO/RPO Targets", strictest first. */
const TIERS = [
  { tier: 'emergency', rtoMs: 15_000, rpoMs: 1_000 },
  { tier: 'critical', rtoMs: 30_000, rpoMs: 5_000 },
  { tier: 'standard', rtoMs: 5 * 60_000, rpoMs: 30_000 },
  { tier: 'data synchronization', rtoMs: 15 * 60_000, rpoMs: 2 * 60_000 },
] as const;

export type RecoveryTier = (typeof TIERS)[number]['tier'];

/** The strictest tier that a measured recovery kept; undefined when it kept none. An unknown loss keeps none. */
export function tierKept({ rtoMs, rpoMs }: { rtoMs: number; rpoMs: number | undefined }): RecoveryTier | undefined {
  if (rpoMs === undefined) return undefined;
  return TIERS.find((tier) => rtoMs <= tier.rtoMs && rpoMs <= tier.rpoMs)?.tier;
}
