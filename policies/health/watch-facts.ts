import type { LeaseSight, WatchedDeployment } from '../../contracts/region-observation';
import type { RegionWindow } from './region-window';

/** All that rules of the watch look at: what is deployed, what was seen of it, the time. */
export interface WatchFacts {
  deployment: WatchedDeployment;
  /** in the order of the deployment */
  windows: readonly RegionWindow[];
  /** empty where the platform keeps none */
  leases: readonly LeaseSight[];
  /** regions that the hostname leads to; absent: unknown */
  answering?: readonly string[];
  nowMs: number;
}

/**
 * The region that the platform lets write by an act of its own. An operation claims its epoch in the record before it acts:
 * only an epoch that is ahead of the record's is the platform's own doing, and not a switchover that is under way.
 */
export function movedTo({ deployment, leases }: Pick<WatchFacts, 'deployment' | 'leases'>): string | undefined {
  const { primary, epoch } = deployment;
  return leases.find((lease) => lease.holder !== undefined && lease.epoch > epoch && lease.holder !== primary)?.holder;
}
