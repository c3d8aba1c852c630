import type { ReplicationMode, StoreReplication } from '../../contracts/replication';
import { UnrenderableError } from './schema';

/** A plan that says how a store is kept, not why it cannot be. */
export type SatisfiablePlan = StoreReplication & { mode: Exclude<ReplicationMode, { kind: 'unsatisfiable' }> };

/** How a store is replicated. Throws an UnrenderableError when nothing is planned, or nothing that can be kept. */
export function planOf(store: string, plans: StoreReplication[]): SatisfiablePlan {
  const plan = plans.find((candidate) => candidate.store === store);
  if (plan && plan.mode.kind !== 'unsatisfiable') return { ...plan, mode: plan.mode };
  throw new UnrenderableError({
    field: `dataStores.${store}`,
    received: plan?.mode.kind === 'unsatisfiable' ? plan.mode.reason : 'no replication plan',
    valid: 'a store whose replication is planned',
  });
}
