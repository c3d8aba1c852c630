import type { LeaseSight, WatchedDeployment } from '../../contracts/region-observation';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import type { RegionWindow } from './region-window';

/** All that rules of the watch look at: what is deployed, what was seen of it, the time. */
export interface WatchFacts {
  key: DeploymentKey;
  deployment: WatchedDeployment;
  /** in the order of the deployment */
  windows: readonly RegionWindow[];
  /** empty where the platform keeps none */
  leases: readonly LeaseSight[];
  /** why it is not known whether the platform keeps leases */
  leasesUnread?: string;
  /** who was seen to write in place of the primary while no operation was under way, in so many checks in a row */
  elsewhere?: Elsewhere;
  /** regions that the hostname leads to; absent: unknown */
  answering?: readonly string[];
  nowMs: number;
}

export interface Elsewhere {
  region: string;
  checks: number;
}

/** A look while an operation ends may see half of it: its record from before, its leases from after. Two cannot both. */
const MOVED_CHECKS = 2;

/**
 * The region that the platform lets write by an act of its own. An operation claims its epoch in the record before it acts,
 * so an epoch ahead of the record's is the platform's own doing at first sight. Every store has epochs of its own, and one may
 * be behind the record's when it moves: that nobody but the platform can have done it is then known by the operation slot.
 */
export function movedTo({
  deployment,
  leases,
  elsewhere,
}: Pick<WatchFacts, 'deployment' | 'leases' | 'elsewhere'>): string | undefined {
  const ahead = leases.find((lease) => lease.epoch > deployment.epoch && isElsewhere(lease, deployment))?.holder;
  if (ahead !== undefined) return ahead;
  return elsewhere && elsewhere.checks >= MOVED_CHECKS ? elsewhere.region : undefined;
}

/** Whether a store is written in another region than the record says. */
export function isElsewhere({ holder }: LeaseSight, { primary }: Pick<WatchedDeployment, 'primary'>): boolean {
  return holder !== undefined && holder !== primary;
}
