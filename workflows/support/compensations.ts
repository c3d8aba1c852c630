import { CancellationScope } from '@temporalio/workflow';
import type { ApplyOptions, ApplyStackInput, StackScope } from '../../activities/stacks';
import { type Compensation, compensationFor } from '../../contracts/compensation';
import type { BeforeImage, StackArtifact, StackDescription, StackRef } from '../../contracts/stack';
import { platform } from './activity-stubs';
import { messageOf, stepFailure } from './failures';

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
  private readonly seen = new Map<string, BeforeImage>();

  constructor(private readonly scope: StackScope) {}

  /** Reads the before-images of several stacks at once, for the acts that follow. */
  async lookAt(refs: StackRef[]): Promise<void> {
    const unseen = refs.filter((ref) => !this.seen.has(keyOf(ref)));
    if (unseen.length === 0) return;
    const [first] = unseen;
    const summary =
      unseen.length === 1 && first ? `${first.region}: look at ${first.kind}` : `look at ${unseen.length} stacks`;
    const befores = await platform.readBeforeImages(summary, { ...this.scope, refs: unseen });
    for (const [index, ref] of unseen.entries()) {
      const before = befores[index];
      if (before) this.seen.set(keyOf(ref), before);
    }
  }

  /** Reads the before-image, writes down the way back, applies. Applied again, the first way back stays the one. */
  async apply(artifact: StackArtifact, refs: StackRef[], options: ApplyOptions = {}): Promise<StackDescription> {
    const { ref } = artifact;
    await this.lookAt([ref]);
    const before = this.seen.get(keyOf(ref));
    if (!before) throw stepFailure('Internal', `${ref.name} in ${ref.region} was not looked at`);
    if (!this.pending.some((one) => keyOf(one.ref) === keyOf(ref)))
      this.pending.push(compensationFor(ref, this.scope.generation, before));
    const input: ApplyStackInput = { ...this.scope, artifact, refs, ...options };
    return await platform.applyStack(`${ref.region}: apply ${ref.kind}`, input);
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
          const summary = `${ref.region}: undo ${ref.kind}`;
          const restored = await platform.compensateStack(summary, { ...this.scope, compensation });
          if (restored?.skipped) {
            const why = `returned to what was there without ${restored.skipped.join(', ')}: the rollback of these failed and was left out; compare them with the template`;
            left.push({ ref, why });
          }
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

function keyOf({ account, region, name }: StackRef): string {
  return `${account}/${region}/${name}`;
}
