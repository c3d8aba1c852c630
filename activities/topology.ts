import type { DeploymentRequest } from '../contracts/request';
import type { Advice, Topology } from '../contracts/topology';
import { primaryRegion } from '../policies/primary-region';
import { mermaidDiagram } from '../skills/multicloud-strategy-advisor/mermaid-diagram';
import { advise } from '../skills/multicloud-strategy-advisor/skill';
import { failure } from './support/failures';

/** Skill multicloud-strategy-advisor as activities. Pure: the same request gives the same advice, so a choice travels as an id. */
export const topologyActivities = {
  /** Ranked candidates without their cost lines: those are needed of the chosen one only, and history is no place for the rest. */
  adviseTopology: async (input: { request: DeploymentRequest }): Promise<Advice> => {
    const advice = advise(input.request);
    const candidates = advice.candidates.map((candidate) => ({ ...candidate, cost: { ...candidate.cost, lines: [] } }));
    return { ...advice, candidates };
  },

  /** The chosen candidate as a topology: cost by line, diagram, primary. */
  completeTopology: async (input: { request: DeploymentRequest; candidateId: string }): Promise<Topology> => {
    const candidate = advise(input.request).candidates.find(({ id }) => id === input.candidateId);
    if (!candidate) throw failure('Plan.NoCandidate', `there is no candidate ${input.candidateId} for this request`);
    const topology = { ...candidate, primary: primaryRegion(candidate.regions) };
    return { ...topology, diagram: mermaidDiagram(topology) };
  },
};
