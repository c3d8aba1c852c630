import type { Takeover } from '../../contracts/failover';
import type { FailoverPlan } from '../../failover/protocol/plan';
import type { Timing } from '../../failover/protocol/timing';

/** What the daemon tells a witness when it starts it. */
export interface WitnessSettings {
  name: string;
  marker: string;
  /** of its replica of the lease store */
  folder: string;
  replicaPort: number;
  sentinelPort: number;
  timing: Timing;
  /** how long its sentinel waits for the others to act, ms; different for each */
  standBackMs: number;
  /** base URLs of all replicas, its own among them, through the links */
  replicas: string[];
  /** base URLs of the other sentinels, through the links */
  sentinels: string[];
  /** where a region that fell silent is taken out of answering */
  edgeUrl: string;
}

/** One store as a sentinel knows it: the plan that was approved. */
export interface WatchedStore {
  store: string;
  key: string;
  plan: FailoverPlan;
  /** base URL of the keeper of each region, through the links */
  keepers: Record<string, string>;
  application: string;
  environment: string;
}

/** What the daemon asks of a witness. */
export type WitnessCalls = {
  /** All stores that are watched from now on. */
  configure: { input: { stores: WatchedStore[] }; result: Record<string, never> };
  takeovers: { input: Record<string, never>; result: Takeover[] };
};
