import { BegunRequests } from '../../../workflows/support/begun-requests';

const signedAt = (ms: number) => `meridian.request/1\nretire\n${new Date(ms).toISOString()}`;

test('a signed request begins once, also after a fresh run has taken over', () => {
  const text = signedAt(Date.now());
  const first = new BegunRequests([]);
  expect(first.claim(text)).toBeUndefined();
  expect(first.claim(text)).toMatch(/begun before/);
  expect(new BegunRequests(first.stillFresh()).claim(text)).toMatch(/begun before/);
});

test('what is too old to count is not handed on', () => {
  const begun = new BegunRequests([signedAt(Date.now() - 601_000), signedAt(Date.now())]);
  expect(begun.stillFresh()).toHaveLength(1);
});
