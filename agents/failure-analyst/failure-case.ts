import type { Failure, FailureAnalysis } from '../../contracts/report';
import type { TopologyRegion } from '../../contracts/topology';

/** What the failure analyst works on: the failure, what was there, and what became of it. */
export interface FailureCase {
  failure: Pick<Failure, 'step' | 'type' | 'region' | 'resource' | 'message'>;
  isChange: boolean;
  mode?: string;
  regions: ReadonlyArray<Pick<TopologyRegion, 'region' | 'role'>>;
  /** the last words of the progress log about the region, oldest first */
  events: readonly string[];
  undone: readonly string[];
  leftovers: readonly string[];
  /** what rules tell a person to do next */
  next: readonly string[];
}

/** Why it failed, of which kind that is, whether trying again helps, and what a person could do. */
export type FailureExplanation = Pick<FailureAnalysis, 'cause' | 'kind' | 'retry' | 'steps'>;
