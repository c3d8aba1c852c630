import type { WriteLogEntry } from '../contracts/validation';

/** What became of the writes that were promised during a drill. */
export interface WriteLoss {
  acknowledged: number;
  /** acknowledged writes that were sent after the old primary was fenced, and that the new one holds */
  kept: number;
  /** numbers that were acknowledged and are not in the new primary */
  lost: number[];
  /** age, at the fault, of the oldest acknowledged write that was lost; 0 when none was. Milliseconds. */
  rpoMs: number;
  /** lost writes that replication lag cannot explain; see below */
  unexplained: number[];
  /** from the fault to the first acknowledgement of a write sent after the fence; undefined when none came. Milliseconds. */
  firstWriteMs?: number;
}

/** When the fault struck and when it was certain that the old primary could not write any more. */
export interface FaultTimes {
  faultAtMs: number;
  fencedAtMs: number;
}

/**
 * Compares the writer's own log with the numbers that the new primary holds.
 *
 * Lag loses a suffix of what the old primary wrote: its log is a sequence, so when one of its writes survived, everything
 * that was acknowledged before that write was even sent must have survived as well. A lost write that breaks this was
 * never durable, however it was acknowledged; nor was one that was lost although it was sent to the new primary.
 * (Real-time order, as Jepsen's checkers use it.)
 */
export function writeLoss(log: WriteLogEntry[], present: Iterable<number>, times: FaultTimes): WriteLoss {
  const held = new Set(present);
  const acknowledged = log.filter((entry) => entry.outcome === 'acknowledged');
  const lost = acknowledged.filter((entry) => !held.has(entry.seq));
  const isAfterFence = (entry: WriteLogEntry) => entry.sentAtMs >= times.fencedAtMs;
  const oldSurvivors = log.filter((entry) => held.has(entry.seq) && entry.sentAtMs < times.faultAtMs);
  const lastSurvivorSentAtMs = Math.max(Number.NEGATIVE_INFINITY, ...oldSurvivors.map(({ sentAtMs }) => sentAtMs));
  const isUnexplained = (entry: WriteLogEntry) => isAfterFence(entry) || entry.endedAtMs < lastSurvivorSentAtMs;
  const firstWriteMs = firstAcknowledgedMs(log, times);
  return {
    acknowledged: acknowledged.length,
    kept: acknowledged.filter((entry) => isAfterFence(entry) && held.has(entry.seq)).length,
    lost: lost.map(({ seq }) => seq),
    rpoMs: Math.max(0, ...lost.map((entry) => times.faultAtMs - entry.endedAtMs)),
    unexplained: lost.filter(isUnexplained).map(({ seq }) => seq),
    ...(firstWriteMs !== undefined && { firstWriteMs }),
  };
}

/** From the fault to the first acknowledgement of a write that was sent after the fence; undefined when there is none. */
export function firstAcknowledgedMs(log: WriteLogEntry[], { faultAtMs, fencedAtMs }: FaultTimes): number | undefined {
  const times = log
    .filter((entry) => entry.outcome === 'acknowledged' && entry.sentAtMs >= fencedAtMs)
    .map((entry) => entry.endedAtMs - faultAtMs);
  return times.length > 0 ? Math.min(...times) : undefined;
}
