import type { AlertLevel } from '../../contracts/health-matrix';
import type { Service, ServiceLook } from '../../contracts/region-observation';

/** One look alone is no picture of a region. */
const LEAST_SEEN = 2;
/** A region of which less than half works is not merely degraded. A judgement: seed 003 names the colours only. */
const RED_BELOW = 50;
/** Without one of these nobody is served; a copy that is behind serves readers all the same. */
const SERVING: readonly Service[] = ['compute', 'database', 'traffic'];
/** So many better checks in a row before a colour gets better: as many as it takes to call a region failed (seed 003). */
const CALM_CHECKS = 3;

/** 0 to 100: the mean of the services that could be seen, each alike; undefined when fewer than two were. */
export function overallHealth(services: readonly ServiceLook[]): number | undefined {
  const scores = services.flatMap(({ score }) => (score === undefined ? [] : [score]));
  if (scores.length < Math.min(LEAST_SEEN, services.length) || scores.length === 0) return undefined;
  return Math.round(scores.reduce((sum, score) => sum + score, 0) / scores.length);
}

/**
 * Red: something without which nobody is served is seen to be down, or less than half works. Yellow: below the
 * threshold of the region's rank. Green needs everything to be seen; unknown is what is neither.
 */
export function alertLevel(services: readonly ServiceLook[], threshold: number): AlertLevel {
  const overall = overallHealth(services);
  if (overall === undefined) return 'unknown';
  const isOut = services.some(({ service, score }) => score === 0 && SERVING.includes(service));
  if (isOut || overall < RED_BELOW) return 'red';
  if (overall < threshold) return 'yellow';
  return services.every(({ score }) => score !== undefined) ? 'green' : 'unknown';
}

const BADNESS: Record<AlertLevel, number> = { green: 0, unknown: 0, yellow: 1, red: 2 };

/** A colour as it is shown: worse at once, better only after some better checks in a row. */
export interface SettledLevel {
  level: AlertLevel;
  /** better checks in a row */
  calm: number;
}

/**
 * Hysteresis. Not seeing a region makes its colour neither better nor worse: one that was yellow or red stays so until
 * it is seen to be better.
 */
export function settle({ level, calm }: SettledLevel, seen: AlertLevel): SettledLevel {
  if (seen === 'unknown') return { level: BADNESS[level] > 0 ? level : 'unknown', calm };
  if (level === 'unknown' || BADNESS[seen] >= BADNESS[level]) return { level: seen, calm: 0 };
  return calm + 1 >= CALM_CHECKS ? { level: seen, calm: 0 } : { level, calm: calm + 1 };
}
