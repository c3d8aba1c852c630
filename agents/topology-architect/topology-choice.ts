import type { DeploymentRequest } from '../../contracts/request';
import type { Advice, Candidate } from '../../contracts/topology';

/** What the topology architect works on: the request, and the advisor's ranked facts. */
export interface ArchitectInput {
  request: DeploymentRequest;
  advice: Advice;
}

/** A candidate that passed every policy, with the words of whoever chose it. */
export interface TopologyChoice {
  candidate: Candidate;
  reason: string;
  /** what was not chosen and why, and risks that were named */
  alternatives: string[];
}
