import { CancellationScope } from '@temporalio/workflow';
import type { ApplyOptions, ApplyStackInput, StackScope } from '../../activities/stacks';
import { type Compensation, compensationFor } from '../../contracts/compensation';
import type { StackArtifact, StackRef } from '../../contracts/stack';
import { platform } from './activity-stubs';
import { messageOf } from './failures';

export interface Undone {
  undone: string[];
  left: Array<{ ref: StackRef; why: string }>;
  /** the stacks that are gone, as opposed to those returned to what was there */
  deleted: StackRef[];
}

/**
 * What would have to be undone, newest last. The way back is written down before each act, from the before-image:
 * an act may have happened although its answer was lost.
 */
export class Compensations {
  readonly pending: Compensation[] = [];

  constructor(private readonly scope: StackScope) {}

  /** Reads the before-image, writes down the way back, applies. Applied again, the first way back stays the one. */
  async apply(artifact: StackArtifact, refs: StackRef[], options: ApplyOptions = {}): Promise<void> {
    const { ref } = artifact;
    if (!this.pending.some((one) => isSame(one.ref, ref))) {
      const before = await platform.readBeforeImage(`${ref.region}: look at ${ref.kind}`, { ...this.scope, ref });
      this.pending.push(compensationFor(ref, this.scope.generation, before));
    }
    const input: ApplyStackInput = { ...this.scope, artifact, refs, ...options };
    await platform.applyStack(`${ref.region}: apply ${ref.kind}`, input);
  }

  /** Takes over what a child left to be undone. */
  take(compensations: Compensation[]): void {
    this.pending.push(...compensations);
  }

  /**
   * Undoes what is pending, newest first, even when the workflow is being cancelled. One that fails does not stop the
   * others: it is returned as left over.
   */
  undo(which: (ref: StackRef) => boolean = () => true): Promise<Undone> {
    return CancellationScope.nonCancellable(async () => {
      const undone: string[] = [];
      const left: Array<{ ref: StackRef; why: string }> = [];
      const deleted: StackRef[] = [];
      const chosen = this.pending.filter(({ ref }) => which(ref)).reverse();
      for (const compensation of chosen) {
        this.pending.splice(this.pending.indexOf(compensation), 1);
        const { ref, act } = compensation;
        const what = act === 'delete-own' ? 'delete' : 'return to what was there';
        try {
          await platform.compensateStack(`${ref.region}: undo ${ref.kind}`, { ...this.scope, compensation });
          if (act === 'delete-own') deleted.push(ref);
          undone.push(`${ref.region}/${ref.kind}: ${act === 'delete-own' ? 'deleted' : 'returned to what was there'}`);
        } catch (error) {
          left.push({ ref, why: `could not ${what}: ${messageOf(error)}` });
        }
      }
      return { undone, left, deleted };
    });
  }
}

function isSame(a: StackRef, b: StackRef): boolean {
  return a.account === b.account && a.region === b.region && a.name === b.name;
}
