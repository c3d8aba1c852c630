import type { DrillKind } from '../../contracts/drill';

/** Seed 003, "Automated Failover Testing": what each test promises. Milliseconds. */
const TESTS = {
  emergency: { test: 'emergency operation failover', rtoMs: 15_000, rpoMs: 1_000 },
  critical: { test: 'critical operation failover', rtoMs: 30_000, rpoMs: 5_000 },
  compliance: { test: 'compliance system failover', rtoMs: 60_000, rpoMs: 10_000 },
} as const;

/**
 * The test of seed 003 that a drill stands for: what is dead fails its health checks (emergency); what is frozen, cut off
 * or slow shows as latency first (critical); data that has to leave a region is moved as planned (compliance).
 */
const TEST_OF: Record<DrillKind, keyof typeof TESTS> = {
  'database-loss': 'emergency',
  'region-loss': 'emergency',
  freeze: 'critical',
  partition: 'critical',
  'slow-link': 'critical',
  switchover: 'compliance',
};

/** The tier of a drill, and whether it was kept; a loss that was not counted keeps none. */
export function tierOfDrill(kind: DrillKind, { rtoMs, rpoMs }: { rtoMs: number; rpoMs?: number | undefined }) {
  const tier = TESTS[TEST_OF[kind]];
  return { ...tier, kept: rpoMs !== undefined && rtoMs <= tier.rtoMs && rpoMs <= tier.rpoMs };
}
