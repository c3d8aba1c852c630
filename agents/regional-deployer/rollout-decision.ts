import type { Decision } from '../../contracts/decision';
import { whoDecided } from '../decision';
import type { Decided } from '../loop/agent-run';
import type { RolloutChoice } from './rollout-choice';

/** The rollout as the report shows it. */
export function rolloutDecision(decided: Decided<RolloutChoice>): Decision {
  const { rollout, reason, summary, accepted, blocked } = decided.choice;
  const later = rollout.waves.slice(1).map(({ regions }) => regions.join(' + '));
  return {
    step: 'regions',
    about: 'rollout',
    choice: [`canary ${rollout.canary}`, ...later].join(', then '),
    ...whoDecided(decided, reason),
    alternatives: [
      ...(summary === '' ? [] : [`for the approver: ${summary}`]),
      ...accepted.map((line) => `accepted ${line}`),
      ...blocked.map((line) => `blocked ${line}`),
    ],
  };
}
