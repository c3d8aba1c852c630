import { bakeRange } from '../../policies/rollout-violations';
import type { Refusal, Repair } from '../loop/agent';
import type { TextPart } from '../loop/facts';
import { refusedFields } from '../loop/refused-fields';
import { rolloutRepairInstructions } from './instructions';
import type { RolloutInput } from './rollout-choice';
import { applicationWords } from './rollout-facts';
import { rolloutNames } from './rollout-guard';

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
    ...refusedFields(answer, refusal),
    { own: '</data>' },
  ];
}
