import type { DrillCadence, DrillKind } from '../../contracts/drill';

export interface DrillSchedule {
  /** in this order, one after the other */
  kinds: readonly DrillKind[];
  /** when, UTC */
  calendar: { hour: number; dayOfWeek?: 'SUNDAY'; dayOfMonth?: number };
  words: string;
}

/**
 * Seed 003, "Automated Testing Suite": every day the health of all regions and the emergency failover, every week the
 * controlled failovers, every month all of it. Every drill begins with the health and the lag of all regions and ends
 * with a comparison of all databases. Nights, since every one of them stops the writes for seconds.
 */
export const DRILL_SCHEDULES: Record<DrillCadence, DrillSchedule> = {
  daily: { kinds: ['database-loss'], calendar: { hour: 2 }, words: 'every day at 02:00 UTC' },
  weekly: {
    kinds: ['region-loss', 'partition', 'slow-link'],
    calendar: { hour: 3, dayOfWeek: 'SUNDAY' },
    words: 'on Sundays at 03:00 UTC',
  },
  monthly: {
    kinds: ['region-loss', 'database-loss', 'freeze', 'partition', 'slow-link', 'switchover'],
    calendar: { hour: 4, dayOfMonth: 1 },
    words: 'on the 1st of the month at 04:00 UTC',
  },
};

/**
 * A drill that was missed is not made up for: whoever comes back after an outage must not be greeted by a fault. The
 * server's shortest window is 10 s; a minute forgives a server that restarts just then.
 */
export const DRILL_CATCH_UP_MS = 60_000;
/** Deployments do not all drill in the same minute, and nobody can rely on the time. */
export const DRILL_JITTER_MS = 15 * 60_000;
