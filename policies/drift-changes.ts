import type { PlannedChange, StackDrift } from '../contracts/stack';

/** What a plan can hold of one resource. */
const MOST_PROPERTIES = 20;

/**
 * The changes of a stack together with what reverting its drift takes: a `change` per resource that somebody changed by
 * hand, with the paths that go back, and a `create` per resource that somebody removed. A resource that changes anyway
 * stays one line, with the paths of both.
 */
export function withDriftReverted(planned: readonly PlannedChange[], drifted: StackDrift['drifted']): PlannedChange[] {
  const merged = planned.map((change) => {
    const drift = drifted.find(({ resource }) => resource === change.resource);
    return drift ? together(change, drift) : change;
  });
  const others = drifted.filter(({ resource }) => !planned.some((change) => change.resource === resource));
  return [...merged, ...others.map(reverted)];
}

function together(change: PlannedChange, drift: StackDrift['drifted'][number]): PlannedChange {
  if (change.action === 'change' && drift.kind === 'deleted') return reverted(drift);
  return { ...change, ...properties([...(change.properties ?? []), ...paths(drift)]) };
}

function reverted(drift: StackDrift['drifted'][number]): PlannedChange {
  const { resource, type, kind } = drift;
  if (kind === 'deleted') return { action: 'create', resource, type };
  return { action: 'change', resource, type, ...properties(paths(drift)) };
}

function paths({ differences }: StackDrift['drifted'][number]): string[] {
  return differences.map(({ path }) => path);
}

function properties(all: string[]): Pick<PlannedChange, 'properties'> {
  const unique = [...new Set(all)].sort().slice(0, MOST_PROPERTIES);
  return unique.length === 0 ? {} : { properties: unique };
}
