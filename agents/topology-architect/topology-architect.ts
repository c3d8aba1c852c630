import type { Agent } from '../loop/agent';
import { TOPOLOGY_ANSWER_SCHEMA_ID, type TopologyAnswer, topologyAnswerSchema } from './answer-schema';
import { TOPOLOGY_INSTRUCTIONS } from './instructions';
import type { ArchitectInput, TopologyChoice } from './topology-choice';
import { topologyFacts } from './topology-facts';
import { guardTopology } from './topology-guard';
import { topologyRepair } from './topology-repair';
import { BEYOND_RULES, topologyByRules } from './topology-rules';

/** Step 1: chooses among the advisor's candidates. Its account holds 2,000 tokens. */
export const topologyArchitect: Agent<ArchitectInput, TopologyAnswer, TopologyChoice> = {
  name: 'topology architect',
  account: 'topology',
  instructions: TOPOLOGY_INSTRUCTIONS,
  measured: { instructions: 337, schema: 185 },
  schemaId: TOPOLOGY_ANSWER_SCHEMA_ID,
  schema: topologyAnswerSchema,
  output: { capTokens: 600, wantedTokens: 530, minimumTokens: 330 },
  facts: topologyFacts,
  guard: guardTopology,
  repair: topologyRepair,
  rules: topologyByRules,
  beyondRules: BEYOND_RULES,
};
