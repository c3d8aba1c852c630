import type { DeploymentRequest } from '../../contracts/request';
import type { Advice, Candidate } from '../../contracts/topology';
import { cheapestSingleRegion } from './cheapest-region';
import { eligibleRegions } from './eligible-regions';
import { measureCandidate } from './measure-candidate';
import { placementsFor } from './placements';
import { rankCandidates } from './rank-candidates';
import { userGroups } from './user-distances';

/**
 * Skill multicloud-strategy-advisor: which topologies serve these users within this SLA, law and budget. Facts, ranked:
 * at most eight candidates with complete roles, each with modelled latency, cost by line and the policies it breaks, and
 * the regions that were left out with the reason. Decides nothing. Pure: the same request gives the same advice.
 *
 * Expects a request that `checkRequest` finds nothing wrong with. A request that leaves no region gets no candidates.
 * `primary` is the region that takes the writes of what is live: every candidate keeps it in that place.
 */
export function advise(request: DeploymentRequest, { primary }: { primary?: string | undefined } = {}): Advice {
  const { eligible, rejected } = eligibleRegions(request);
  if (eligible.length === 0) return { candidates: [], singleRegionUsdPerMonth: 0, rejected };
  if (primary !== undefined && !eligible.includes(primary)) {
    const why = 'takes the writes of what is live; it cannot be left out without switching over first';
    return { candidates: [], singleRegionUsdPerMonth: 0, rejected: [{ region: primary, why }, ...rejected] };
  }
  const groups = userGroups(request);
  const { usdPerMonth: singleRegionUsdPerMonth } = cheapestSingleRegion(request, eligible);
  const context = { request, groups, singleRegionUsdPerMonth, ...(primary !== undefined && { keepsPrimary: primary }) };
  const measured = placementsFor({ request, groups, eligible, primary }).map((placement) =>
    measureCandidate(placement, context),
  );
  const candidates = rankCandidates(measured);
  return {
    candidates,
    singleRegionUsdPerMonth,
    ...(primary !== undefined && { keepsPrimary: primary }),
    rejected: [...rejected, ...unused(eligible, candidates)],
  };
}

/** Regions that could be used and are in no candidate. */
function unused(eligible: readonly string[], candidates: readonly Candidate[]): Advice['rejected'] {
  const used = new Set(candidates.flatMap(({ regions }) => regions.map(({ region }) => region)));
  return eligible
    .filter((region) => !used.has(region))
    .map((region) => ({ region, why: 'others reach the users of this request better' }));
}

/** What rules choose without a model: the first candidate that breaks no policy. */
export function rankByRules(advice: Advice): Candidate | undefined {
  return advice.candidates.find(({ violations }) => violations.length === 0);
}
