import type { Candidate } from '../../contracts/topology';
import { topologyViolations } from '../../policies/topology-violations';
import type { RulesVerdict } from '../loop/agent';
import type { ArchitectInput, TopologyChoice } from './topology-choice';

/** What ranking by numbers leaves out. */
export const BEYOND_RULES = [
  "the requester's note, for example a legal preference for one country or a season of high load",
  'trade-offs between close candidates: a little latency against cost, or one region fewer',
  'risks that no column shows',
] as const;

/** Candidates that keep every policy, best rank first. */
export function usableCandidates({ request, advice }: ArchitectInput): Candidate[] {
  return advice.candidates.filter(
    (candidate) => candidate.violations.length === 0 && topologyViolations(candidate, request, advice).length === 0,
  );
}

/** Without a model the best-ranked candidate that keeps every policy is chosen. */
export function topologyByRules(input: ArchitectInput): RulesVerdict<TopologyChoice> {
  const [candidate, ...others] = usableCandidates(input);
  if (!candidate) {
    const broken = input.advice.candidates.map(({ id, violations }) => `${id} (${violations[0] ?? 'breaks a policy'})`);
    return { kind: 'none', reason: `no candidate keeps every policy: ${broken.join(', ') || 'there is none'}` };
  }
  const count = others.length + 1;
  return {
    kind: 'chosen',
    choice: {
      candidate,
      reason: `${candidate.id} ranks first of ${count} candidate${count === 1 ? '' : 's'} that keep every policy: ${numbers(candidate)}`,
      alternatives: others.slice(0, 3).map((other) => `not ${other.id} ${other.mode}: ${numbers(other)}`),
    },
  };
}

function numbers({ latency, cost }: Candidate): string {
  const { withinSlaPercent, percentile, modelledMs } = latency;
  return `${withinSlaPercent.toFixed(1)} % of users within the SLA, p${percentile} ${Math.round(modelledMs)} ms, ${Math.round(cost.usdPerMonth)} usd a month`;
}
