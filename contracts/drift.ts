import type { StackDrift, StackRef } from './stack';
import type { DeploymentKey } from './workflow-ids';

/** How one live stack compares with what was applied. */
export type StackComparison =
  | { ref: StackRef; kind: 'same' }
  | { ref: StackRef; kind: 'drifted'; drifted: StackDrift['drifted'] }
  | { ref: StackRef; kind: 'missing' }
  /** the platform could not tell, in its own words */
  | { ref: StackRef; kind: 'unknown'; why: string };

/** What exists against what the record says is live. */
export interface DriftReport extends DeploymentKey {
  /** undefined: nothing is live */
  generation: number | undefined;
  stacks: StackComparison[];
  /** carry our tag and are not live */
  others: Array<{ ref: StackRef; why: string }>;
}
