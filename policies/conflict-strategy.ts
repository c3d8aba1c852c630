import { capability } from '../catalog/capabilities';
import type { DataStoreRequest, DeploymentRequest } from '../contracts/request';
import type { TopologyMode } from '../contracts/topology';

const SINGLE_WRITER_STRATEGIES = 'active-passive, read-replicas or sharded';

/** Whether an engine lets several regions write the same data and settles conflicts by itself. */
function takesManyWriters(store: DataStoreRequest, request: DeploymentRequest): boolean {
  return capability(store.engine, request.platform)?.multiWriter ?? false;
}

/** Why a store cannot be written in several regions; undefined when it can. */
export function multiWriterRefusal(store: DataStoreRequest, request: DeploymentRequest): string | undefined {
  if (!takesManyWriters(store, request)) {
    return `${store.engine} on ${request.platform} has one writer: two-way replication stops for good at the first conflict, and nothing merges it`;
  }
  if (store.conflicts === 'none') return 'nothing says how two regions that write the same item are reconciled';
  return undefined;
}

/**
 * Seed 004 step 3: conflicts handled by the application → eventual consistency with last writer wins on engines that
 * have it; no conflict strategy → active-passive or sharded. Multi-writer PostgreSQL is refused.
 */
export function conflictViolations(mode: TopologyMode, request: DeploymentRequest): string[] {
  if (mode !== 'active-active') return [];
  return request.dataStores.flatMap((store) => {
    const refusal = multiWriterRefusal(store, request);
    return refusal
      ? [
          `conflicts: store ${store.name} would be written in every region, but ${refusal}; valid are ${SINGLE_WRITER_STRATEGIES}`,
        ]
      : [];
  });
}

/** How write conflicts on a store are avoided or resolved, in one sentence for plans and reports. */
export function conflictSentence(store: DataStoreRequest, primary: string): string {
  if (store.engine === 'dynamodb' && store.strategy !== 'active-active' && store.strategy !== 'sharded') {
    return `only ${primary} is meant to take writes; its copies would take them too, and then the last writer wins`;
  }
  if (store.engine === 's3' && store.strategy !== 'sharded') {
    return `only the bucket in ${primary} is written; objects arrive elsewhere within minutes, and of two versions the later one is read`;
  }
  switch (store.strategy) {
    case 'active-passive':
    case 'read-replicas':
      return `conflicts cannot arise: only ${primary} takes writes, every other region holds a read-only copy`;
    case 'sharded':
      return 'conflicts cannot arise: every row has one home region, and only that one takes its writes';
    case 'active-active':
      return store.conflicts === 'application'
        ? 'the application merges conflicting writes; until it has, the last writer wins'
        : 'the last writer wins; the earlier of two conflicting writes is lost';
  }
}
