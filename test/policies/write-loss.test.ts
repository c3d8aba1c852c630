import fc from 'fast-check';
import type { WriteLogEntry } from '../../contracts/validation';
import { writeLoss } from '../../policies/write-loss';

const FAULT_AT_MS = 100_000;
/** The region is dead at once and fenced two seconds later. */
const TIMES = { faultAtMs: FAULT_AT_MS, fencedAtMs: FAULT_AT_MS + 2_000 };

/** A writer with one write in flight at a time: write n is sent at n × 10 ms and acknowledged 5 ms later. */
function log(count: number): WriteLogEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    seq: index + 1,
    sentAtMs: FAULT_AT_MS - 1_000 + index * 10,
    endedAtMs: FAULT_AT_MS - 1_000 + index * 10 + 5,
    outcome: 'acknowledged',
  }));
}

describe('loss of writes', () => {
  it('explains a lost suffix by replication lag and gives its age', () => {
    const entries = log(90);
    const present = entries.slice(0, 80).map(({ seq }) => seq);
    const loss = writeLoss(entries, present, TIMES);
    expect(loss.lost).toEqual([81, 82, 83, 84, 85, 86, 87, 88, 89, 90]);
    expect(loss.unexplained).toEqual([]);
    expect(loss.rpoMs).toBe(195);
  });

  it('does not explain a hole: a later write survived', () => {
    const entries = log(90);
    const present = entries.map(({ seq }) => seq).filter((seq) => seq !== 20 && seq !== 40);
    expect(writeLoss(entries, present, TIMES).unexplained).toEqual([20, 40]);
  });

  it('lets a write that nobody was promised survive or vanish', () => {
    const entries = log(10).map((entry) => (entry.seq === 10 ? { ...entry, outcome: 'unknown' as const } : entry));
    const nine = entries.slice(0, 9).map(({ seq }) => seq);
    expect(writeLoss(entries, nine, TIMES).lost).toEqual([]);
    expect(writeLoss(entries, [...nine, 10], TIMES).lost).toEqual([]);
  });

  it('times the first write by those sent after the fault only', () => {
    const entries: WriteLogEntry[] = [
      { seq: 1, sentAtMs: FAULT_AT_MS - 20, endedAtMs: FAULT_AT_MS + 5, outcome: 'acknowledged' },
      { seq: 2, sentAtMs: FAULT_AT_MS + 10, endedAtMs: FAULT_AT_MS + 2_010, outcome: 'unknown' },
      { seq: 3, sentAtMs: FAULT_AT_MS + 3_000, endedAtMs: FAULT_AT_MS + 3_100, outcome: 'acknowledged' },
    ];
    expect(writeLoss(entries, [1, 3], TIMES).firstWriteMs).toBe(3_100);
    expect(writeLoss(entries.slice(0, 2), [1], TIMES).firstWriteMs).toBeUndefined();
  });

  it('explains what was lost before the fault although writes after it survived', () => {
    const before = log(90);
    const after: WriteLogEntry[] = [91, 92].map((seq) => ({
      seq,
      sentAtMs: TIMES.fencedAtMs + seq,
      endedAtMs: TIMES.fencedAtMs + seq + 5,
      outcome: 'acknowledged',
    }));
    const present = [...before.slice(0, 87), ...after].map(({ seq }) => seq);
    const loss = writeLoss([...before, ...after], present, TIMES);
    expect(loss).toMatchObject({ lost: [88, 89, 90], unexplained: [], kept: 2 });
  });

  it('never explains a loss of what the new primary acknowledged', () => {
    const after: WriteLogEntry = {
      seq: 91,
      sentAtMs: TIMES.fencedAtMs,
      endedAtMs: TIMES.fencedAtMs + 5,
      outcome: 'acknowledged',
    };
    const loss = writeLoss(
      [...log(90), after],
      log(90).map(({ seq }) => seq),
      TIMES,
    );
    expect(loss).toMatchObject({ lost: [91], unexplained: [91], kept: 0 });
  });

  it('calls every loss of a sequential writer explained exactly when the survivors are a prefix', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
        (count, kept) => {
          const entries = log(count);
          const present = entries.filter((_, index) => kept[index]).map(({ seq }) => seq);
          const isPrefix = present.every((seq, index) => seq === index + 1);
          const { unexplained, lost } = writeLoss(entries, present, TIMES);
          expect(unexplained.length === 0).toBe(isPrefix);
          expect(lost.length).toBe(count - present.length);
        },
      ),
    );
  });
});
