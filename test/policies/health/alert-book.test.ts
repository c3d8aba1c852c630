import fc from 'fast-check';
import type { AlertBook } from '../../../contracts/alert';
import {
  acknowledge,
  acknowledgeRefusal,
  EMPTY_BOOK,
  type Finding,
  openAlerts,
  withFindings,
} from '../../../policies/health/alert-book';

const MINUTE = 60_000;
const START = Date.parse('2026-11-21T10:00:00Z');

function finding(key: string, firing: boolean, severity: Finding['severity'] = 'critical'): Finding {
  return { key, firing, severity, title: key, detail: firing ? 'it is so' : 'it is over' };
}

/** Findings by minute. */
function played(minutes: Record<number, Finding[]>, until: number): AlertBook {
  let book = EMPTY_BOOK;
  for (let minute = 0; minute <= until; minute += 1)
    book = withFindings(book, minutes[minute] ?? [], START + minute * MINUTE);
  return book;
}

const notices = (book: AlertBook) =>
  book.notices.map(({ kind, severity, at, alerts }) => [kind, severity, (Date.parse(at) - START) / MINUTE, ...alerts]);

it('critical is told at once, warnings are collected for 15 minutes, info for an hour', () => {
  const book = played(
    {
      0: [finding('a', true), finding('b', true, 'warning'), finding('c', true, 'info')],
      10: [finding('d', true, 'warning')],
      30: [finding('e', true, 'info')],
    },
    14,
  );
  expect(notices(book)).toEqual([['opened', 'critical', 0, 'a1']]);
  const later = played(
    {
      0: [finding('a', true), finding('b', true, 'warning'), finding('c', true, 'info')],
      1: [finding('a', false)],
      10: [finding('d', true, 'warning')],
      30: [finding('e', true, 'info')],
    },
    100,
  );
  expect(notices(later)).toEqual([
    ['opened', 'critical', 0, 'a1'],
    ['recovered', 'critical', 1, 'a1'],
    ['opened', 'warning', 15, 'a2', 'a6'],
    ['opened', 'info', 60, 'a3', 'a8'],
  ]);
});

it('one cause is one alert, however often it is seen; what is over before it is told is not told', () => {
  const again = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i, [finding('a', true)]]));
  expect(played(again, 10).alerts).toHaveLength(1);
  const brief = played({ 0: [finding('b', true, 'warning')], 5: [finding('b', false, 'warning')] }, 60);
  expect(brief.notices).toEqual([]);
  expect(brief.alerts).toMatchObject([{ key: 'b', closedAt: expect.any(String) }]);
});

it('a warning that becomes critical is told at once', () => {
  const book = played(
    { 0: [finding('a', true, 'warning')], 3: [finding('a', true)], 5: [finding('a', true, 'warning')] },
    6,
  );
  expect(notices(book)).toEqual([['opened', 'critical', 3, 'a1']]);
  expect(book.alerts).toMatchObject([{ severity: 'critical' }]);
});

it('what has happened is told and is never open', () => {
  const book = played({ 0: [{ ...finding('drill', true, 'info'), event: true }] }, 70);
  expect(openAlerts(book)).toEqual([]);
  expect(notices(book)).toEqual([['opened', 'info', 60, 'a1']]);
});

it('critical escalates every 15 minutes, three times, until somebody looks after it or it is over', () => {
  const escalations = (book: AlertBook) => notices(book).filter(([kind]) => kind === 'escalated');
  expect(escalations(played({ 0: [finding('a', true)] }, 200)).map(([, , minute]) => minute)).toEqual([15, 30, 45]);
  const [taken] = played({ 0: [finding('a', true)] }, 20).alerts;
  expect(taken?.escalations).toBe(1);
  let book = played({ 0: [finding('a', true)] }, 20);
  book = acknowledge(book, { alertId: 'a1', by: 'mira' }, START + 21 * MINUTE);
  book = acknowledge(book, { alertId: 'a1', by: 'leo' }, START + 22 * MINUTE);
  for (let minute = 22; minute < 100; minute += 1) book = withFindings(book, [], START + minute * MINUTE);
  expect(escalations(book)).toHaveLength(1);
  expect(book.alerts[0]?.acknowledged?.by).toBe('mira');
  expect(escalations(played({ 0: [finding('a', true)], 10: [finding('a', false)] }, 100))).toEqual([]);
  expect(escalations(played({ 0: [finding('w', true, 'warning')] }, 100))).toEqual([]);
});

it('an acknowledgement names an alert that is open', () => {
  const book = played({ 0: [finding('a', true), finding('b', true)], 1: [finding('b', false)] }, 2);
  const by = 'mira';
  expect(acknowledgeRefusal(book, { alertId: 'a1', by })).toBeUndefined();
  expect(acknowledgeRefusal(book, { alertId: 'a9', by })).toBe('alert a9 is not known here; open are a1');
  expect(acknowledgeRefusal(book, { alertId: 'a2', by })).toMatch(/^alert a2 closed at 2026-.*; open are a1$/);
});

it('stays small, has one open alert per cause, tells each opening and each end once', () => {
  const step = fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      firing: fc.boolean(),
      severity: fc.constantFrom('critical' as const, 'warning' as const, 'info' as const),
    }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      let book = EMPTY_BOOK;
      const told = new Map<string, number>();
      for (const [minute, findings] of steps.entries()) {
        const before = new Set(book.notices.map(({ id }) => id));
        book = withFindings(
          book,
          findings.map(({ key, firing, severity }) => finding(key, firing, severity)),
          START + minute * MINUTE,
        );
        const keys = openAlerts(book).map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        for (const { id, kind, alerts } of book.notices)
          if (!before.has(id))
            for (const alert of alerts) told.set(`${kind} ${alert}`, (told.get(`${kind} ${alert}`) ?? 0) + 1);
      }
      for (const [what, count] of told) {
        if (what.startsWith('recovered')) expect(count).toBe(1);
        // once more when it became critical
        if (what.startsWith('opened')) expect(count).toBeLessThanOrEqual(3);
      }
      for (const what of told.keys())
        if (what.startsWith('recovered')) expect(told.has(what.replace('recovered', 'opened'))).toBe(true);
      expect(book.alerts.length).toBeLessThanOrEqual(34);
      expect(book.notices.length).toBeLessThanOrEqual(50);
    }),
  );
});
