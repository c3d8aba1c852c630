/** Objectives of a deployment whose sentence names none, in seconds. A judgement; each use of it is said. */
export const RECOVERY = {
  standard: { rtoSeconds: 900, rpoSeconds: 300 },
  critical: { rtoSeconds: 600, rpoSeconds: 60 },
} as const;

/** What a criticality means where nothing else is said: "RTO 15 minutes, RPO 5 minutes". */
export function tierWords(tier: keyof typeof RECOVERY): string {
  const { rtoSeconds, rpoSeconds } = RECOVERY[tier];
  return `RTO ${minutes(rtoSeconds)}, RPO ${minutes(rpoSeconds)}`;
}

/** Seconds as minutes, in words. */
export function minutes(seconds: number): string {
  return `${seconds / 60} minute${seconds === 60 ? '' : 's'}`;
}
