import { bakeRange } from '../../policies/rollout-violations';
import type { Refusal, Repair } from '../loop/agent';
import { cutForeignText } from '../loop/estimate-tokens';
import type { TextPart } from '../loop/facts';
import { rolloutRepairInstructions } from './instructions';
import type { RolloutInput } from './rollout-choice';
import { applicationWords } from './rollout-facts';
import { rolloutNames } from './rollout-guard';

const MOST_LINES = 8;
const LINE_TOKENS = 60;

/** The second and last call of the regional deployer. */
export const rolloutRepair: Repair<RolloutInput> = {
  instructions: rolloutRepairInstructions,
  facts: repairFacts,
  output: { capTokens: 550, minimumTokens: 100 },
};

function repairFacts(answer: Readonly<Record<string, unknown>>, refusal: Refusal, input: RolloutInput): TextPart[] {
  const names = rolloutNames(input);
  const { least, most } = bakeRange(input);
  const places = input.rollout.waves.flatMap(({ regions }) => regions).map(names.nameOf);
  const rules = [...new Set(input.findings.map(({ rule }) => rule))].join(' ');
  return [
    {
      own: `<data>\n${applicationWords(input)}, bake ${least} to ${most}, primary ${names.nameOf(input.topology.primary)}\n`,
    },
    { own: `regions: ${places.join(' ')}\n${refusal.fields.includes('findings') ? `findings: ${rules}\n` : ''}` },
    ...refusal.fields.flatMap((field) => fieldLines(field, answer[field])),
    { own: 'broken: ' },
    { foreign: cutForeignText(refusal.violations.join('; '), 200) },
    { own: '\n</data>' },
  ];
}

/** The fields as they were, without their reasons. */
function fieldLines(field: string, value: unknown): TextPart[] {
  const lines = (Array.isArray(value) ? value : [value]).map((line) => String(line).split(':')[0] ?? '');
  return lines
    .slice(0, MOST_LINES)
    .flatMap((line) => [{ own: `${field}: ` }, { foreign: cutForeignText(line, LINE_TOKENS) }, { own: '\n' }]);
}
