import type { DeploymentRequest } from '../contracts/request';
import type { Advice, Candidate, CostLine, Topology } from '../contracts/topology';
import { checkRequest } from '../policies/check-request';
import { primaryRegion } from '../policies/primary-region';
import { topologyViolations } from '../policies/topology-violations';
import { withoutRegions } from '../policies/without-regions';
import { mermaidDiagram } from '../skills/multicloud-strategy-advisor/mermaid-diagram';
import { advise } from '../skills/multicloud-strategy-advisor/skill';
import { failure } from './support/failures';

export interface AdviseInput {
  request: DeploymentRequest;
  /** the region that takes the writes of what is live */
  primary?: string | undefined;
}

export interface ReduceInput {
  request: DeploymentRequest;
  topology: Topology;
  without: string[];
}

function costByRegion({ cost }: Candidate): Candidate['cost'] {
  const regions = [...new Set(cost.lines.map(({ region }) => region))];
  const lines = regions.map((region): CostLine => {
    const mine = cost.lines.filter((line) => line.region === region);
    const usdPerMonth = mine.reduce((sum, line) => sum + line.usdPerMonth, 0);
    const basis = mine.every((line) => line.basis === 'verified') ? 'verified' : 'estimated';
    return { region, item: 'all', quantity: '', usdPerMonth: Math.round(usdPerMonth * 100) / 100, basis };
  });
  return { ...cost, lines };
}

/** Skill multicloud-strategy-advisor as activities. Pure: the same request gives the same advice, so a choice travels as an id. */
export const topologyActivities = {
  /** Ranked candidates with one cost line per region: all lines are needed of the chosen one only, and history is no place for the rest. */
  adviseTopology: async (input: AdviseInput): Promise<Advice> => {
    // Whoever starts a workflow by hand goes around the clients, which check a request first.
    const [problem] = checkRequest(input.request);
    if (problem) throw failure('Request.Invalid', `${problem.field} is ${problem.received}; valid is ${problem.valid}`);
    const advice = advise(input.request, input);
    const candidates = advice.candidates.map((candidate) => ({ ...candidate, cost: costByRegion(candidate) }));
    return { ...advice, candidates };
  },

  /** The chosen candidate as a topology: cost by line, diagram, primary. */
  completeTopology: async (input: AdviseInput & { candidateId: string }): Promise<Topology> => {
    const candidate = advise(input.request, input).candidates.find(({ id }) => id === input.candidateId);
    if (!candidate) throw failure('Plan.NoCandidate', `there is no candidate ${input.candidateId} for this request`);
    const topology = { ...candidate, primary: primaryRegion(candidate.regions) };
    return { ...topology, diagram: mermaidDiagram(topology) };
  },

  /** A topology without regions that failed. `Plan.PolicyViolated` when what is left breaks a policy. */
  reduceTopology: async ({ request, topology, without }: ReduceInput): Promise<Topology> => {
    const reduced = withoutRegions(topology, without);
    const { wanted } = request.regions;
    const regions = { ...request.regions, wanted: wanted.filter((region) => !without.includes(region)) };
    const { singleRegionUsdPerMonth } = advise(request);
    const [violation] = topologyViolations(reduced, { ...request, regions }, { singleRegionUsdPerMonth });
    if (violation) throw failure('Plan.PolicyViolated', `without ${without.join(', ')}: ${violation}`);
    return { ...reduced, diagram: mermaidDiagram(reduced) };
  },
};
