import type { Finding } from '../../contracts/finding';
import type { DeploymentRequest } from '../../contracts/request';
import type { Rollout } from '../../contracts/rollout';
import type { Topology } from '../../contracts/topology';

/** What would change in a region, counted over its stacks. */
export interface RegionChanges {
  region: string;
  create: number;
  change: number;
  replace: number;
  /** nothing stands there yet */
  isNew: boolean;
}

/** What the regional deployer works on. */
export interface RolloutInput {
  request: DeploymentRequest;
  topology: Topology;
  /** what rules designed: the answer when no model gives one, and the order of "rest" */
  rollout: Rollout;
  changes: readonly RegionChanges[];
  /** none of them is high: those have stopped the plan already */
  findings: readonly Finding[];
}

/** A rollout that keeps every policy, with the words of whoever chose it. */
export interface RolloutChoice {
  rollout: Rollout;
  reason: string;
  /** for the person who approves the plan */
  summary: string;
  /** findings that were accepted, with reasons */
  accepted: string[];
  /** findings that stop the plan, with reasons */
  blocked: string[];
}
