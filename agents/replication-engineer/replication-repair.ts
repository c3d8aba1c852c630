import type { Refusal, Repair } from '../loop/agent';
import { cutForeignText } from '../loop/estimate-tokens';
import type { TextPart } from '../loop/facts';
import { replicationRepairInstructions } from './instructions';
import type { ReplicationInput } from './replication-choice';
import { storeNames } from './store-names';

const MOST_LINES = 20;
const LINE_TOKENS = 40;

/** The second and last call of the replication engineer. */
export const replicationRepair: Repair<ReplicationInput> = {
  instructions: replicationRepairInstructions,
  facts: repairFacts,
  output: { capTokens: 550, minimumTokens: 100 },
};

function repairFacts(answer: Readonly<Record<string, unknown>>, refusal: Refusal, input: ReplicationInput): TextPart[] {
  const names = storeNames(input);
  return [
    { own: '<data>\nstore options alarm least most\n' },
    ...input.questions.flatMap(({ store, options, lag }): TextPart[] => {
      const usable = options.flatMap(({ blocked }, index) => (blocked ? [] : [index]));
      return [{ foreign: names.nameOf(store) }, { own: ` ${usable.join(' ')} ${lag.ms} ${lag.least} ${lag.most}\n` }];
    }),
    ...refusal.fields.flatMap((field) => fieldLines(field, answer[field])),
    { own: 'broken: ' },
    { foreign: cutForeignText(refusal.violations.join('; '), 200) },
    { own: '\n</data>' },
  ];
}

function fieldLines(field: string, value: unknown): TextPart[] {
  const lines = (Array.isArray(value) ? value : [value]).map((line) => String(line).split(':')[0] ?? '');
  return lines
    .slice(0, MOST_LINES)
    .flatMap((line) => [{ own: `${field}: ` }, { foreign: cutForeignText(line, LINE_TOKENS) }, { own: '\n' }]);
}
