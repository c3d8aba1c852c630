import type { Write } from './outside-writer';

export interface Kept {
  /** numbers that the database that takes the writes holds in the end */
  present: ReadonlySet<number>;
  /** numbers that only a former primary holds, as its own data says; empty where it holds no others or was not read */
  onlyFormer: ReadonlySet<number>;
  synchronous: boolean;
  /** the lag that was reported before the fault, ms */
  reportedLagMs: number;
  faultAtMs: number;
  /** from when on the new primary may have taken writes: it had the lease */
  takenOverAtMs: number | undefined;
}

/** Reports say how old a lag is when they are made; it grows until the fault. */
const REPORT_AGE_MS = 1_000;

/** What was promised and not kept, from the log of somebody outside and the rows that are there. */
export function brokenPromises(log: readonly Write[], kept: Kept): string[] {
  const broken: string[] = [];
  const acknowledged = log.filter(({ outcome }) => outcome === 'acknowledged');
  const lost = acknowledged.filter(({ seq }) => !kept.present.has(seq));
  if (kept.synchronous && lost.length > 0) broken.push(`synchronous, and lost ${numbers(lost)}`);
  for (const { seq, endedAtMs } of lost) {
    const ageMs = kept.faultAtMs - endedAtMs;
    if (ageMs > kept.reportedLagMs + REPORT_AGE_MS)
      broken.push(`write ${seq} was lost ${ageMs} ms old, ${kept.reportedLagMs} ms of lag were reported`);
  }
  // Acknowledged by a former primary although somebody else had the right to write: two writers.
  const { takenOverAtMs } = kept;
  if (takenOverAtMs !== undefined) {
    const both = acknowledged.filter(({ seq, sentAtMs }) => kept.onlyFormer.has(seq) && sentAtMs > takenOverAtMs);
    if (both.length > 0)
      broken.push(`two writers: ${numbers(both)} were acknowledged by the old primary after the takeover`);
    const after = lost.filter(({ seq, sentAtMs }) => !kept.onlyFormer.has(seq) && sentAtMs > takenOverAtMs);
    if (after.length > 0) broken.push(`${numbers(after)} were acknowledged after the takeover and are nowhere`);
  }
  // A log is a sequence: when a write survived, all that was acknowledged before it was sent has survived, too.
  const survivors = acknowledged.filter(({ seq, sentAtMs }) => kept.present.has(seq) && sentAtMs < kept.faultAtMs);
  const lastSurvivorMs = Math.max(Number.NEGATIVE_INFINITY, ...survivors.map(({ sentAtMs }) => sentAtMs));
  const torn = lost.filter(({ endedAtMs }) => endedAtMs < lastSurvivorMs);
  if (torn.length > 0) broken.push(`${numbers(torn)} are missing although later ones are there`);
  return broken;
}

function numbers(writes: readonly Write[]): string {
  const some = writes.slice(0, 5).map(({ seq }) => seq);
  return `${writes.length} (${some.join(', ')}${writes.length > some.length ? ', …' : ''})`;
}
