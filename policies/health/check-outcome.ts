import type { Service, ServiceLook } from '../../contracts/region-observation';

export type CheckOutcome = 'ok' | 'failed' | 'unknown';

/**
 * Points from which a region is seen independently of each other: its own tasks through its load balancer, the global
 * health checks, its databases. How far copies are behind says nothing about whether the region lives.
 */
const VANTAGE_POINTS: readonly Service[] = ['compute', 'traffic', 'database'];
/** One witness is no witness: as with the sentinels, two of three. */
const LEAST_WITNESSES = 2;

/**
 * Whether one check of a region failed. "I cannot see it" is not "it is down" (DESIGN §9): a look that failed counts for
 * nothing, and a region is down only when two vantage points saw it down, and more than saw it up. While the global health
 * checks reach a region, nothing else calls it down: tasks and databases may be asked by way of the same place, and a region
 * without either answers no global check.
 */
export function checkOutcome(services: readonly ServiceLook[]): CheckOutcome {
  const scores = services.flatMap(({ service, score }) =>
    score !== undefined && VANTAGE_POINTS.includes(service) ? [score] : [],
  );
  const isReached = services.some(({ service, score = 0 }) => service === 'traffic' && score > 0);
  const down = scores.filter((score) => score === 0).length;
  const up = scores.length - down;
  if (down >= LEAST_WITNESSES && down > up) return isReached ? 'unknown' : 'failed';
  return up === 0 ? 'unknown' : 'ok';
}
