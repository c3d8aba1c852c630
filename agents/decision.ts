import type { Decision } from '../contracts/decision';
import type { Decided } from './loop/agent-run';

/** Who made a decision and why; where rules did, also why no model did. */
export function whoDecided(
  decided: Decided<unknown>,
  reason: string,
): Pick<Decision, 'decidedBy' | 'model' | 'reason' | 'noModel'> {
  if (decided.by === 'model') return { decidedBy: 'model', model: decided.model, reason };
  const { code, message } = decided.because;
  const why = `${code}: ${message}`;
  return { decidedBy: 'rules', reason: `${reason} (${why})`, ...(code !== 'no-model' && { noModel: why }) };
}
