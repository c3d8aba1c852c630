import type { Agent } from '../loop/agent';
import { REPLICATION_ANSWER_SCHEMA_ID, type ReplicationAnswer, replicationAnswerSchema } from './answer-schema';
import { REPLICATION_INSTRUCTIONS } from './instructions';
import type { ReplicationChoice, ReplicationInput } from './replication-choice';
import { replicationFacts } from './replication-facts';
import { guardReplication, salvageReplication } from './replication-guard';
import { replicationRepair } from './replication-repair';

/** Step 3: picks among the ways in which each store may be replicated. Its account holds 3,000 tokens. */
export const replicationEngineer: Agent<ReplicationInput, ReplicationAnswer, ReplicationChoice> = {
  name: 'replication engineer',
  account: 'replication',
  instructions: REPLICATION_INSTRUCTIONS,
  measured: { instructions: 418, schema: 137 },
  schemaId: REPLICATION_ANSWER_SCHEMA_ID,
  schema: replicationAnswerSchema,
  output: { capTokens: 900, wantedTokens: 820, minimumTokens: 350 },
  facts: replicationFacts,
  guard: guardReplication,
  salvage: salvageReplication,
  repair: replicationRepair,
  rules: ({ questions }) => ({
    kind: 'chosen',
    choice: {
      wishes: { stores: [], order: [] },
      reason: `${questions.length === 1 ? 'the store takes' : 'every store takes'} what its recovery point, its engine and the distance require`,
      whys: [],
      conflicts: '',
      proofs: [],
    },
  }),
  beyondRules: [
    'what the note says about a store: whether a lost or a waiting write is worse, who must be woken, and when',
    'how early a lag is worth waking somebody, between what distance and the recovery point allow',
    'which store others depend on, and so is made first',
  ],
};
