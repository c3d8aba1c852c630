import type { DrillKind } from '../../contracts/drill';
import type { DrillEntry } from '../../contracts/record';

/** One drill beside the last of its kind before it. */
export interface DrillRow extends DrillEntry {
  kind: DrillKind;
  /** milliseconds, negative: faster; absent: it was the first of its kind, or that one did not pass */
  rtoChangeMs?: number;
}

/** @param drills oldest first; so are the rows */
export function drillRows(drills: readonly DrillEntry[]): DrillRow[] {
  const last = new Map<DrillKind, DrillEntry>();
  return drills.map((drill) => {
    const kind = drill.kind ?? 'region-loss';
    const before = last.get(kind);
    last.set(kind, drill);
    return { ...drill, kind, ...(before?.passed && drill.passed && { rtoChangeMs: drill.rtoMs - before.rtoMs }) };
  });
}
