import { findingsOf } from '../../../policies/health/findings';
import { watched } from './watched';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const key = { application: 'orders', environment: 'staging' };

function unfinished(minutes?: number) {
  const since = new Date(NOW - (minutes ?? 0) * 60_000).toISOString();
  const deployment = watched(minutes === undefined ? {} : { moving: { to: 'us-east-1', since } });
  const all = findingsOf({ key, deployment, windows: [], leases: [], nowMs: NOW }, []);
  return all.find((finding) => finding.key === 'moving');
}

it.each([
  ['none', undefined, false],
  ['one that has just begun', 5, false],
  ['one that broke off', 16, true],
])('of a move of the writes that is unfinished people are told: %s', (_what, minutes, firing) => {
  expect(unfinished(minutes)).toMatchObject({ firing, severity: 'critical' });
});

it('the alert names the command that ends the move', () => {
  expect(unfinished(16)?.next).toBe('meridian promote-region orders/staging us-east-1');
});
