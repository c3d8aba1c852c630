import type { DeploymentRecord } from '../contracts/record';
import type { WatchedDeployment } from '../contracts/region-observation';
import { failoverChain, outsideResidency } from '../policies/health/failover-chain';
import { automationOf } from '../policies/operations/automation';

/** Enough to hold the end of whatever the watch has asked for; what is watched travels with every check after a change. */
const KEPT_ENDED = 15;

/** What is watched of a record; undefined when nothing is live. */
export function watchedDeployment(record: DeploymentRecord): WatchedDeployment | undefined {
  const { live, place } = record;
  if (!live || !place) return undefined;
  const { topology, replication, request } = live;
  const primary = record.primary ?? topology.primary;
  const names = topology.regions.map(({ region }) => region);
  const { residency } = request.compliance;
  const fenced = record.fenced?.map(({ region }) => region) ?? [];
  const readers = replication?.stores.flatMap((store) => store.readers ?? []) ?? [];
  const able = topology.regions.filter(({ region }) => region === primary || ![...fenced, ...readers].includes(region));
  const { chain, problem } = failoverChain(able, primary, residency);
  const lastDrill = record.drills.at(-1);
  return {
    version: record.version,
    generation: live.generation,
    ...place,
    hostname: live.hostname,
    primary,
    epoch: record.epoch,
    order: [...new Set([primary, ...chain, ...names])],
    chain,
    ...(problem && { chainProblem: problem }),
    outside: outsideResidency(names, residency),
    drained: record.drained,
    fenced,
    stores: (replication?.stores ?? []).map(({ store, lagThresholdMs, primary: first, replicas }) => ({
      store,
      lagThresholdMs,
      regions: [...new Set([first, ...replicas])],
    })),
    rtoSeconds: request.recovery.rtoSeconds,
    latency: request.latency,
    automation: automationOf(request),
    ended: (record.operations ?? [])
      .slice(-KEPT_ENDED)
      .map(({ report: _report, summary, ...operation }) => ({ ...operation, summary: summary.slice(0, 300) })),
    ...(record.moving && { moving: { to: record.moving.to, since: record.moving.since } }),
    ...(record.backups && { backups: record.backups }),
    ...(record.scheduledDrills && { scheduledDrills: record.scheduledDrills }),
    ...(lastDrill && { lastDrill: { at: lastDrill.at, rtoMs: lastDrill.rtoMs, passed: lastDrill.passed } }),
  };
}
