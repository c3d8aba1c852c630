import type { ReplicationWishes } from '../../contracts/replication';
import type { DeploymentRequest } from '../../contracts/request';
import type { Topology } from '../../contracts/topology';
import type { StoreQuestion } from '../../policies/replication-options';

/** What the replication engineer works on. Every question has at least one option: unsatisfiable stores end the plan. */
export interface ReplicationInput {
  request: DeploymentRequest;
  topology: Topology;
  questions: readonly StoreQuestion[];
}

/** Wishes that keep every rule, with the words of whoever chose them. */
export interface ReplicationChoice {
  wishes: ReplicationWishes;
  reason: string;
  /** per store, why it is as it is; a store whose pick was refused is decided by rules */
  whys: Array<{ store: string; why: string; refused?: true }>;
  conflicts: string;
  /** checks that a model proposes beside those that are made */
  proofs: string[];
}
