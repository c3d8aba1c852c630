import type { LoopModel } from '../agents/loop/loop-dependencies';

/** What the operator of the worker decided for all deployments. Plain data, no secrets: it is stored in histories. */
export interface OrchestratorSettings {
  /** absent: no model is configured, rules decide */
  model?: LoopModel;
  /** absent: production stops and asks a person, other environments let the rules decide */
  onModelFailure?: 'stop' | 'rules';
  /** the server knows our search attributes */
  searchable: boolean;
}
