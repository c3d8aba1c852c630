import fc from 'fast-check';
import { LONGEST_RISK_MS, riskRefusal } from '../../../policies/operations/risk-acceptance';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const later = (ms: number) => new Date(NOW + ms).toISOString();

test('a risk is accepted for a day at most, and the refusal says until when', () => {
  expect(riskRefusal(later(3_600_000), NOW)).toBeUndefined();
  expect(riskRefusal('2030-01-01T00:00:00.000Z', NOW)).toBe(
    'until: 2030-01-01T00:00:00.000Z is more than 24 hours from now; valid: a time after 2026-11-22T12:00:00.000Z and not after 2026-11-23T12:00:00.000Z',
  );
  expect(riskRefusal(later(0), NOW)).toContain('is over');
});

test('exactly the times of the next 24 hours are accepted', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2 * LONGEST_RISK_MS, max: 2 * LONGEST_RISK_MS }), (ms) => {
      expect(riskRefusal(later(ms), NOW) === undefined).toBe(ms > 0 && ms <= LONGEST_RISK_MS);
    }),
  );
});
