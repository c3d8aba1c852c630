import type { Refusal, Repair } from '../loop/agent';
import type { TextPart } from '../loop/facts';
import { rolesLine } from './candidate-rows';
import { topologyRepairInstructions } from './instructions';
import type { ArchitectInput } from './topology-choice';
import { candidateNames } from './topology-guard';
import { usableCandidates } from './topology-rules';

/** Enough to correct one answer; more would not fit beside the first call. */
const MOST_CANDIDATES = 3;
/** Tokens that one line of the refused answer may cost: role and places, its reasons are left out. */
const LINE_TOKENS_CHARACTERS = 60;

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
  return [
    { own: '<data>\n' },
    ...refusal.fields.flatMap((field) => fieldLines(field, answer[field])),
    { own: `broken: ${refusal.violations.join('; ')}\nusable:\n${rows.join('\n')}\n</data>` },
  ];
}

function fieldLines(field: string, value: unknown): TextPart[] {
  const lines = (Array.isArray(value) ? value : [value]).map((line) => String(line).split(':')[0] ?? '');
  return lines
    .slice(0, 5)
    .flatMap((line) => [{ own: `${field}: ` }, { foreign: line.slice(0, LINE_TOKENS_CHARACTERS) }, { own: '\n' }]);
}
