import fc from 'fast-check';
import { isInHistory, parseHistory } from '../../../lab/postgres/timeline-history';

const FILE = '# a comment\n1\t0/3000148\tno recovery target specified\n\n2\tA/16B3740\tbefore 2000-01-01\n';

test('a history file names the timelines and where each was left', () => {
  expect(parseHistory(FILE)).toEqual([
    { timeline: 1, bytes: 0x3000148n },
    { timeline: 2, bytes: 0xa016b3740n },
  ]);
  expect(parseHistory('')).toEqual([]);
});

test('a record is part of a history exactly when its timeline was left after it', () => {
  const place = fc.record({ timeline: fc.integer({ min: 1, max: 4 }), bytes: fc.bigInt({ min: 0n, max: 2n ** 40n }) });
  fc.assert(
    fc.property(place, place, (record, left) => {
      const known = record.timeline === left.timeline && record.bytes < left.bytes;
      expect(isInHistory(record, [left])).toBe(known);
    }),
  );
  expect(isInHistory({ timeline: 1, bytes: 0x3000148n }, parseHistory(FILE))).toBe(false);
  expect(isInHistory({ timeline: 1, bytes: 0x3000147n }, parseHistory(FILE))).toBe(true);
  expect(isInHistory({ timeline: 3, bytes: 1n }, parseHistory(FILE))).toBe(false);
});
