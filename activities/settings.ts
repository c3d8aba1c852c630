import type { LoopModel } from '../agents/loop/loop-dependencies';
import type { Approver } from '../contracts/approval';

/** What the operator of the worker decided for all deployments. Plain data, no secrets: it is stored in histories. */
export interface OrchestratorSettings {
  /** absent: no model is configured, rules decide */
  model?: LoopModel;
  /** absent: production stops and asks a person, other environments let the rules decide */
  onModelFailure?: 'stop' | 'rules';
  /** whose signatures count; absent: nobody's, so production cannot be approved */
  approvers?: Approver[];
  /** the server knows our search attributes */
  searchable: boolean;
  /** whatever becomes live is watched from then on; absent: nobody watches */
  watch?: boolean;
}
