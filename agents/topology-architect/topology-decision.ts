import type { Decision } from '../../contracts/decision';
import type { Candidate } from '../../contracts/topology';
import { whoDecided } from '../decision';
import type { Decided } from '../loop/agent-run';
import type { TopologyChoice } from './topology-choice';

/** The choice of a topology as the report shows it. */
export function topologyDecision(decided: Decided<TopologyChoice>): Decision {
  const { candidate, reason, alternatives } = decided.choice;
  return {
    step: 'topology',
    about: 'topology',
    choice: candidateWords(candidate),
    ...whoDecided(decided, reason),
    alternatives,
  };
}

function candidateWords({ id, mode, regions }: Candidate): string {
  return `${id} ${mode}: ${regions.map(({ region, role }) => `${role} ${region}`).join(', ')}`;
}
