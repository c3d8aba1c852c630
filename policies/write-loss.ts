import type { WriteLogEntry } from '../contracts/validation';

/** What became of the writes that were promised during a drill. */
export interface WriteLoss {
  acknowledged: number;
  /** numbers that were acknowledged and are not in the new primary */
  lost: number[];
  /** age, at the fault, of the oldest acknowledged write that was lost; 0 when none was. Milliseconds. */
  rpoMs: number;
  /** lost writes that replication lag cannot explain; see below */
  unexplained: number[];
  /** from the fault to the first acknowledgement of a write sent after it; undefined when none came. Milliseconds. */
  firstWriteMs?: number;
}

/**
 * Compares the writer's own log with the numbers that the new primary holds.
 *
 * Lag loses a suffix: the log of a database is a sequence, so when a write survived, everything that was acknowledged
 * before that write was even sent must have survived as well. A lost write that breaks this was never durable, however
 * it was acknowledged. (Real-time order, as Jepsen's checkers use it.)
 */
export function writeLoss(log: WriteLogEntry[], present: Iterable<number>, faultAtMs: number): WriteLoss {
  const held = new Set(present);
  const acknowledged = log.filter((entry) => entry.outcome === 'acknowledged');
  const lost = acknowledged.filter((entry) => !held.has(entry.seq));
  const lastSurvivorSentAtMs = Math.max(
    Number.NEGATIVE_INFINITY,
    ...log.filter(({ seq }) => held.has(seq)).map(({ sentAtMs }) => sentAtMs),
  );
  const afterFault = acknowledged
    .filter((entry) => entry.sentAtMs >= faultAtMs)
    .map((entry) => entry.endedAtMs - faultAtMs);
  const ages = lost.map((entry) => faultAtMs - entry.endedAtMs);
  return {
    acknowledged: acknowledged.length,
    lost: lost.map(({ seq }) => seq),
    rpoMs: Math.max(0, ...ages),
    unexplained: lost.filter((entry) => entry.endedAtMs < lastSurvivorSentAtMs).map(({ seq }) => seq),
    ...(afterFault.length > 0 && { firstWriteMs: Math.min(...afterFault) }),
  };
}
