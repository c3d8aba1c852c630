import fc from 'fast-check';
import type { Backup } from '../../contracts/backup';
import { chooseBackup } from '../../policies/choose-backup';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const iso = (minutesAgo: number) => new Date(NOW - minutesAgo * 60_000).toISOString();
const proof = { at: '', result: 'matches', restoreMs: 1, detail: '' } as const;
const backup = (id: string, minutesAgo: number, isProven = false): Backup => ({
  ...{ id, store: 'orders', takenAt: iso(minutesAgo), from: 'eu-west-1', keptIn: 'us-east-1' },
  position: `0/${(1_000 - minutesAgo).toString(16)}`,
  ...(isProven && { proof }),
});
const kept = [backup('new', 10), backup('proven', 20, true), backup('old', 30)];
const choose = (wish: Partial<Parameters<typeof chooseBackup>[1]>) =>
  chooseBackup(kept, { target: { kind: 'latest' }, nowMs: NOW, ...wish });

test('the newest that is proven, the one that is named, or the newest before a time or a position', () => {
  expect(choose({})).toEqual({ backup: kept[1] });
  expect(choose({ backup: 'new' })).toEqual({ backup: kept[0] });
  expect(choose({ target: { kind: 'time', at: iso(25) } })).toEqual({ backup: kept[2] });
  expect(choose({ target: { kind: 'lsn', lsn: `0/${(975).toString(16)}` } })).toEqual({ backup: kept[2] });
  expect(choose({ target: { kind: 'lsn', lsn: '1/0' } })).toEqual({ backup: kept[1] });
});

test('what cannot be reached is refused with what was asked for and what there is', () => {
  const all = `complete ones: new (${iso(10)}), proven (${iso(20)}), old (${iso(30)})`;
  const at = iso(40);
  expect(choose({ target: { kind: 'time', at } })).toEqual({
    refusal: `backup: there is not one before ${at}; ${all}`,
  });
  expect(choose({ backup: 'new', target: { kind: 'time', at: iso(15) } })).toEqual({
    refusal: `backup: "new" was not complete before ${iso(15)}; ${all}`,
  });
  expect(choose({ backup: 'none' })).toEqual({ refusal: `backup: there is not "none"; ${all}` });
  expect(choose({ target: { kind: 'time', at: iso(-1) } })).toEqual({
    refusal: `target: ${iso(-1)} is yet to come; valid: a time until ${iso(0)}`,
  });
});

test('never one that was complete after the target, and never an unproven one while a proven one reaches it', () => {
  const some = fc.uniqueArray(fc.tuple(fc.nat(1_000), fc.boolean()), { selector: ([minutes]) => minutes });
  fc.assert(
    fc.property(some, fc.nat(1_000), (taken, targetMinutes) => {
      const newestFirst = [...taken]
        .sort(([a], [b]) => a - b)
        .map(([ago, isProven]) => backup(`${ago}`, ago, isProven));
      const at = iso(targetMinutes);
      const choice = chooseBackup(newestFirst, { target: { kind: 'time', at }, nowMs: NOW });
      const early = newestFirst.filter(({ takenAt }) => takenAt <= at);
      expect('backup' in choice).toBe(early.length > 0);
      if (!('backup' in choice)) return;
      expect(early).toContain(choice.backup);
      const isBetter = (one: Backup) =>
        Boolean(one.proof) === Boolean(choice.backup.proof) && one.takenAt > choice.backup.takenAt;
      expect(early.filter(isBetter)).toEqual([]);
      if (!choice.backup.proof) expect(early.filter((one) => one.proof)).toEqual([]);
    }),
  );
});
