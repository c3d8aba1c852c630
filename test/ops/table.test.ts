import type { RunResult } from './run';
import { line, longest } from './table';

const results = (...outages: number[]): RunResult[] =>
  outages.map((outageMs) => ({ outageMs, acknowledged: 10, lost: 1, moved: true, broken: [] }));

test('a row tells the middle, the 95th percentile and the longest outage', () => {
  const told = line({ what: 'region killed', results: results(30, 10, 20), within: [0, 100] });
  expect(told).toMatch(/^region killed +3 +20 +30 +30 +0 to 100 +30 +3 +3$/);
});

test('a row whose p95 is longer than is promised says so', () => {
  expect(line({ what: 'region killed', results: results(30, 101), within: [0, 100] })).toMatch(/ beyond$/);
});

test('below it stands what the longest outage came of, where that is told', () => {
  const [short, long] = results(10, 30) as [RunResult, RunResult];
  expect(longest({ results: [{ ...short, told: 'cut for 1 s' }, long] })).toEqual([]);
  expect(longest({ results: [short, { ...long, told: 'cut for 2 s' }] })).toEqual(['  the longest: cut for 2 s']);
});
