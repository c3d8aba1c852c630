import type { Refusal, Repair } from '../loop/agent';
import type { TextPart } from '../loop/facts';
import { refusedFields } from '../loop/refused-fields';
import { replicationRepairInstructions } from './instructions';
import type { ReplicationInput } from './replication-choice';
import { replicationWays } from './replication-ways';
import { storeNames } from './store-names';

/** The second and last call of the replication engineer. */
export const replicationRepair: Repair<ReplicationInput> = {
  instructions: replicationRepairInstructions,
  facts: repairFacts,
  output: { capTokens: 550, minimumTokens: 100 },
};

function repairFacts(answer: Readonly<Record<string, unknown>>, refusal: Refusal, input: ReplicationInput): TextPart[] {
  const names = storeNames(input);
  const ways = replicationWays(input.questions);
  return [
    { own: '<data>\nstore options alarm least most\n' },
    ...input.questions.flatMap(({ store, options, lag }): TextPart[] => {
      const usable = options.flatMap(({ blocked, mode }) => (blocked ? [] : [ways.numberOf(mode)]));
      return [{ foreign: names.nameOf(store) }, { own: ` ${usable.join(' ')} ${lag.ms} ${lag.least} ${lag.most}\n` }];
    }),
    ...refusedFields(answer, refusal),
    { own: '</data>' },
  ];
}
