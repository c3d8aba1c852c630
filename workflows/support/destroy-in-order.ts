import type { StackRef } from '../../contracts/stack';
import { standsAbove } from '../../policies/destroy-order';
import { messageOf } from './failures';

export interface Destroyed {
  destroyed: StackRef[];
  /** what still stands, in the order in which it would have been destroyed */
  left: Array<{ ref: StackRef; why: string }>;
}

/**
 * Destroys one stack after the other. What carries something that could not be destroyed is left, too: the network and
 * the credentials of a database that stays are no use to anybody once they are gone.
 * @param refs in the order of policies/destroy-order.ts
 */
export async function destroyInOrder(
  refs: readonly StackRef[],
  destroy: (ref: StackRef) => Promise<void>,
): Promise<Destroyed> {
  const done: Destroyed = { destroyed: [], left: [] };
  for (const ref of refs) {
    const above = standsAbove(
      ref,
      done.left.map((left) => left.ref),
    );
    if (above) {
      done.left.push({ ref, why: `kept, because ${above.region}/${above.kind} still stands` });
      continue;
    }
    try {
      await destroy(ref);
      done.destroyed.push(ref);
    } catch (error) {
      done.left.push({ ref, why: messageOf(error) });
    }
  }
  return done;
}
