import type { StackRef } from './stack';

/** A stack of ours that belongs to nothing any more, and what became of it. */
export interface Orphan {
  ref: StackRef;
  /** the generation whose tag it carries */
  generation: number;
  /** why it is an orphan */
  why: string;
}

/** What carries our tag, judged: nothing but `orphans` may be destroyed. */
export interface OrphanSearch {
  orphans: Orphan[];
  /** left alone, each with the reason; stacks of the live deployment are only counted */
  left: Array<{ ref: StackRef; why: string }>;
  live: number;
}

/** What `sweepOrphans` did, or with `dryRun` would do. */
export interface SweepResult extends OrphanSearch {
  dryRun: boolean;
  destroyed: StackRef[];
  failed: Array<{ ref: StackRef; why: string }>;
}
