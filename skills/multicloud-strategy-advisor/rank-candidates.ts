import type { Candidate } from '../../contracts/topology';
import type { MeasuredCandidate } from './measure-candidate';

/** More than this does not fit the facts that a model is shown, and helps no person. */
const CANDIDATES_AT_MOST = 8;

/** Costs within about a tenth of each other count as equal: the price index is no better than that. */
function costStep(usd: number): number {
  return Math.round(Math.log(Math.max(usd, 1)) / Math.log(1.1));
}

/**
 * Order of rank: those that break no policy, then those that break fewer; then surviving the loss of a region, lower
 * cost, lower latency at the percentile, faster writes. A total order: the same candidates always rank the same.
 */
function compare(a: MeasuredCandidate, b: MeasuredCandidate): number {
  const [x, y] = [a.candidate, b.candidate];
  return (
    x.violations.length - y.violations.length ||
    Number(y.survivesRegionLoss) - Number(x.survivesRegionLoss) ||
    costStep(x.cost.usdPerMonth) - costStep(y.cost.usdPerMonth) ||
    x.latency.modelledMs - y.latency.modelledMs ||
    a.meanWriteMs - b.meanWriteMs ||
    x.cost.usdPerMonth - y.cost.usdPerMonth ||
    (JSON.stringify(x.regions) < JSON.stringify(y.regions) ? -1 : 1)
  );
}

function extreme(all: readonly MeasuredCandidate[], value: (candidate: Candidate) => number): MeasuredCandidate[] {
  const least = Math.min(...all.map(({ candidate }) => value({ id: '', ...candidate })));
  return all.filter(({ candidate }) => value({ id: '', ...candidate }) === least).slice(0, 1);
}

/**
 * Ranked, numbered c1, c2, …, at most eight. The fastest and the cheapest of all are always among them: they say how far
 * a request is from what can be had.
 */
export function rankCandidates(measured: readonly MeasuredCandidate[]): Candidate[] {
  const ranked = [...measured].sort(compare);
  const kept = new Set([
    ...ranked.slice(0, CANDIDATES_AT_MOST - 2),
    ...extreme(ranked, ({ latency }) => latency.modelledMs),
    ...extreme(ranked, ({ cost }) => cost.usdPerMonth),
    ...ranked,
  ]);
  return [...kept]
    .slice(0, CANDIDATES_AT_MOST)
    .sort(compare)
    .map(({ candidate }, index) => ({ id: `c${index + 1}`, ...candidate }));
}
