import type { Refusal, Repair } from '../loop/agent';
import type { TextPart } from '../loop/facts';
import { refusedFields } from '../loop/refused-fields';
import { rolesLine } from './candidate-rows';
import { topologyRepairInstructions } from './instructions';
import type { ArchitectInput } from './topology-choice';
import { candidateNames } from './topology-guard';
import { usableCandidates } from './topology-rules';

/** Enough to correct one answer; more would not fit beside the first call. */
const MOST_CANDIDATES = 3;

/** The second and last call of the topology architect. */
export const topologyRepair: Repair<ArchitectInput> = {
  instructions: topologyRepairInstructions,
  facts: repairFacts,
  output: { capTokens: 550, minimumTokens: 100 },
};

function repairFacts(answer: Readonly<Record<string, unknown>>, refusal: Refusal, input: ArchitectInput): TextPart[] {
  const names = candidateNames(input);
  const usable = usableCandidates(input).slice(0, MOST_CANDIDATES);
  const rows = usable.map(
    (candidate) => `${candidate.id} ${candidate.mode} ${candidate.routing}: ${rolesLine(candidate, names)}`,
  );
  return [{ own: '<data>\n' }, ...refusedFields(answer, refusal), { own: `usable:\n${rows.join('\n')}\n</data>` }];
}
