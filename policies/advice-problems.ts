import type { DeploymentRequest, RequestProblem } from '../contracts/request';
import type { Advice, Candidate } from '../contracts/topology';
import { usd } from './budget-mode';
import { leastRegions, userContinents } from './sla-regions';

function isAllowed({ violations }: Candidate): boolean {
  return violations.length === 0;
}

function least(candidates: readonly Candidate[], value: (candidate: Candidate) => number): Candidate | undefined {
  return [...candidates].sort((a, b) => value(a) - value(b))[0];
}

function names({ regions }: Candidate): string {
  return regions.map(({ region }) => region).join(', ');
}

/** The SLA is out of reach when no candidate meets it, whatever it costs. */
function slaProblem(request: DeploymentRequest, candidates: readonly Candidate[]): RequestProblem[] {
  const { percentile, underMs, of } = request.latency;
  const fastest = least(candidates, ({ latency }) => latency.modelledMs);
  if (!fastest || fastest.latency.modelledMs < underMs) return [];
  return [
    {
      field: 'latency.underMs',
      received: `${underMs} (${percentile} % of ${of}s)`,
      valid: `at least ${Math.floor(fastest.latency.modelledMs) + 1}: the best that can be had, with ${names(fastest)}; less needs other regions or edge locations`,
    },
  ];
}

/** Candidates that meet everything but cost, if there are any, else all of them: what money would have to buy. */
function budgetProblem(request: DeploymentRequest, candidates: readonly Candidate[]): RequestProblem[] {
  const { usdPerMonth } = request.budget;
  const onlyDear = candidates.filter(({ violations }) => violations.every((sentence) => sentence.startsWith('budget')));
  const cheapest = least(onlyDear.length > 0 ? onlyDear : candidates, ({ cost }) => cost.usdPerMonth);
  if (!cheapest || cheapest.cost.usdPerMonth <= usdPerMonth) return [];
  return [
    {
      field: 'budget.usdPerMonth',
      received: String(usdPerMonth),
      valid: `at least ${Math.ceil(cheapest.cost.usdPerMonth)}: ${cheapest.mode} over ${names(cheapest)} costs ${usd(Math.ceil(cheapest.cost.usdPerMonth))} a month`,
    },
  ];
}

function tooFewRegions(request: DeploymentRequest): RequestProblem[] {
  const needed = leastRegions(request);
  const { wanted, max } = request.regions;
  const allowed = wanted.length > 0 ? wanted.length : max;
  if (allowed >= needed) return [];
  return [
    {
      field: wanted.length > 0 ? 'regions.wanted' : 'regions.max',
      received: String(allowed),
      valid: `at least ${needed} regions for under ${request.latency.underMs} ms on ${userContinents(request).length} continents`,
    },
  ];
}

/**
 * Why no topology can be chosen for a request, from its advice: which limits are out of reach, the best that can be had
 * and what would be valid. Empty when at least one candidate breaks no policy.
 */
export function adviceProblems(request: DeploymentRequest, advice: Advice): RequestProblem[] {
  const { candidates } = advice;
  if (candidates.some(isAllowed)) return [];
  if (candidates.length === 0) {
    const why = advice.rejected.slice(0, 3).map((one) => `${one.region} is ${one.why}`);
    return [{ field: 'regions', received: 'no region is left', valid: `at least one; ${why.join('; ')}` }];
  }
  const problems = [
    ...tooFewRegions(request),
    ...slaProblem(request, candidates),
    ...budgetProblem(request, candidates),
  ];
  if (problems.length > 0) return problems;
  const [closest] = candidates;
  return [
    {
      field: 'request',
      received: `no topology that meets all of it; the closest is ${closest ? names(closest) : 'none'}`,
      valid: `one that does not break: ${closest?.violations.join('; ') ?? ''}`,
    },
  ];
}
