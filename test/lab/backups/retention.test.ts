import fc from 'fast-check';
import { type RetainedBackup, retention } from '../../../lab/backups/retention';
import { endOfSegment, holes, segmentName, segmentNumberAt, segmentOf } from '../../../lab/backups/wal-segments';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

const backup: fc.Arbitrary<Omit<RetainedBackup, 'id'>> = fc.record({
  system: fc.constantFrom('1', '2'),
  takenAt: fc.integer({ min: 0, max: 96 * 3_600_000 }).map((agoMs) => new Date(NOW_MS - agoMs).toISOString()),
  start: fc.integer({ min: 1, max: 5_000 }).map((number) => endOfSegment(number)),
  proof: fc.option(fc.record({ result: fc.constantFrom('matches', 'differs', 'not-restorable') }), { nil: undefined }),
});
const kept = fc.array(backup, { maxLength: 12 }).map((all) => all.map((one, index) => ({ id: `b${index}`, ...one })));
const rule = fc.record({
  keep: fc.integer({ min: 1, max: 5 }),
  keepForMs: fc.integer({ min: 0, max: 48 * 3_600_000 }),
  nowMs: fc.constant(NOW_MS),
});

test('the newest proven backup stays, and all of the log that any which stays needs', () => {
  fc.assert(
    fc.property(kept, rule, (backups, keeping) => {
      const { remove, neededFrom } = retention(backups, keeping);
      const stays = backups.filter(({ id }) => !remove.includes(id));
      const newestFirst = [...backups].sort((a, b) => b.takenAt.localeCompare(a.takenAt));
      const proven = newestFirst.find(({ proof }) => proof?.result === 'matches');
      if (proven) expect(stays).toContainEqual(proven);
      expect(stays.length).toBeGreaterThanOrEqual(Math.min(keeping.keep, backups.length));
      for (const { system, start } of stays) {
        expect(neededFrom.get(system)).toBeLessThanOrEqual(segmentNumberAt(start));
      }
      for (const { takenAt } of backups.filter(({ id }) => remove.includes(id))) {
        expect(NOW_MS - Date.parse(takenAt)).toBeGreaterThanOrEqual(keeping.keepForMs);
      }
      // doing it again finds nothing more to do
      expect(retention(stays, keeping).remove).toEqual([]);
    }),
  );
});

test('names of segments and their numbers are inverse, and positions lie in the part that ends after them', () => {
  const segment = fc.record({
    timeline: fc.integer({ min: 1, max: 0xffff_ffff }),
    number: fc.integer({ min: 0, max: 1_000_000 }),
  });
  fc.assert(fc.property(segment, (one) => expect(segmentOf(segmentName(one))).toEqual(one)));
  expect(segmentName({ timeline: 1, number: 0x401 })).toBe('000000010000000100000001');
  expect(segmentNumberAt('1/00400148')).toBe(0x401);
  expect(endOfSegment(0x3ff)).toBe('1/00000000');
  expect(segmentOf('00000002.history')).toBeUndefined();
});

test('holes are the numbers between the first that is needed and the newest that no history has', () => {
  const at = (timeline: number, ...numbers: number[]) => numbers.map((number) => ({ timeline, number }));
  expect(holes([...at(1, 3, 4, 5), ...at(2, 5, 6)], 3)).toEqual([]);
  expect(holes([...at(1, 3, 5), ...at(2, 8)], 3)).toEqual([4, 6, 7]);
  expect(holes(at(1, 3, 4), 2)).toEqual([2]);
  expect(holes([], 2)).toEqual([]);
});
