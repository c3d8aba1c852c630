import type { ServiceLook } from '../../contracts/region-observation';
import type { DatabaseStatus } from '../../contracts/replication';
import type { ServiceHealth } from '../../contracts/validation';

/** A copy that is further behind than this is of no use in a failover. Source: seed 003, "Replication Lag: > 5 minutes". */
export const LAG_LIMIT_MS = 300_000;

/** A look that was tried and failed. It has no score. */
export function unseen(service: ServiceLook['service'], why: string): ServiceLook {
  return { service, detail: why.slice(0, 200) };
}

/**
 * Tasks of a region: the share of wanted tasks that are healthy, of the worst service, because a request may need all of
 * them. Nothing heard of any service is no score.
 */
export function scoreCompute(services: readonly ServiceHealth[]): ServiceLook {
  if (services.length === 0) return unseen('compute', 'no service answered');
  const shares = services.map(({ healthy, tasksHealthy, tasksWanted }) => {
    if (tasksWanted === 0) return healthy ? 100 : 0;
    const share = (100 * Math.min(tasksHealthy, tasksWanted)) / tasksWanted;
    // Sick with all tasks well: the region itself says no, for example because its power is gone.
    return healthy || share < 100 ? share : 0;
  });
  const score = Math.min(...shares);
  const worst = services[shares.indexOf(score)];
  const words = `${worst?.service} ${worst?.tasksHealthy}/${worst?.tasksWanted} tasks`;
  return { service: 'compute', score, detail: score === 100 ? words : `${words}, ${worst?.detail}` };
}

/** Databases of a region: the share that answers. */
export function scoreDatabases(statuses: readonly DatabaseStatus[]): ServiceLook {
  if (statuses.length === 0) return unseen('database', 'no database was seen');
  const silent = statuses.filter(({ reachable }) => !reachable);
  const score = (100 * (statuses.length - silent.length)) / statuses.length;
  const roles = statuses.map(({ store, role }) => `${store} ${role}`).join(', ');
  return {
    service: 'database',
    score,
    detail: silent.length === 0 ? roles : `no answer from ${silent.map(({ store }) => store).join(', ')}`,
  };
}

/**
 * Copies in a region: 100 up to the threshold of the plan, then in proportion (twice the threshold is 50), and 0 from
 * five minutes on and for a copy whose database is down. The worst store counts; a lag that is not known is no score.
 * Undefined when the region has no copies, because it holds the originals.
 */
export function scoreReplication(
  statuses: ReadonlyArray<DatabaseStatus & { lagThresholdMs: number }>,
): ServiceLook | undefined {
  const copies = statuses.filter(({ role }) => role !== 'primary');
  if (copies.length === 0) return undefined;
  const scored = copies.map((copy) => ({ copy, score: copyScore(copy) }));
  const known = scored.flatMap(({ copy, score }) => (score === undefined ? [] : [{ copy, score }]));
  const worst = known.reduce<(typeof known)[number] | undefined>(
    (least, one) => (least === undefined || one.score < least.score ? one : least),
    undefined,
  );
  const unknown = copies.length - known.length;
  // One that is broken is broken whatever the others are; a good one says nothing about one that is not seen.
  if (!worst || (unknown > 0 && worst.score > 0)) return unseen('replication', 'the lag is not known');
  const { store, lagMs, reachable } = worst.copy;
  const words = reachable ? `${store} ${Math.round(lagMs ?? 0)} ms behind` : `${store} is not replicated: no answer`;
  return { service: 'replication', score: worst.score, detail: words };
}

function copyScore({
  reachable,
  lagMs,
  lagThresholdMs,
}: DatabaseStatus & { lagThresholdMs: number }): number | undefined {
  if (!reachable) return 0;
  if (lagMs === undefined) return undefined;
  if (lagMs >= LAG_LIMIT_MS) return 0;
  return lagMs <= lagThresholdMs ? 100 : Math.round((100 * lagThresholdMs) / lagMs);
}

/** A region as the global health checks see it. One that they do not know is not seen. */
export function scoreTraffic(
  health: ReadonlyArray<{ region: string; healthy: boolean; consecutiveFailures: number }>,
  region: string,
): ServiceLook {
  const seen = health.find((one) => one.region === region);
  if (!seen) return unseen('traffic', 'the global health checks do not know the region');
  if (seen.healthy) return { service: 'traffic', score: 100, detail: 'answers the global health checks' };
  return { service: 'traffic', score: 0, detail: `failed ${seen.consecutiveFailures} global health checks in a row` };
}
