import type { Write } from './outside-writer';

export interface Kept {
  /** numbers that the database that takes the writes holds in the end */
  present: ReadonlySet<number>;
  synchronous: boolean;
  /** the lag that was reported before the fault, ms */
  reportedLagMs: number;
  faultAtMs: number;
  /** from when on nobody but the new primary had the right to take writes: the old lease was over */
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
  // Sent when only the new primary had the right to write, and not in it: somebody else acknowledged it.
  const { takenOverAtMs } = kept;
  const elsewhere = lost.filter(({ sentAtMs }) => takenOverAtMs !== undefined && sentAtMs > takenOverAtMs);
  if (elsewhere.length > 0) broken.push(`two writers: ${numbers(elsewhere)} were acknowledged by another one`);
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
