import type { Agent } from '../loop/agent';
import { ROLLOUT_ANSWER_SCHEMA_ID, type RolloutAnswer, rolloutAnswerSchema } from './answer-schema';
import { ROLLOUT_INSTRUCTIONS } from './instructions';
import type { RolloutChoice, RolloutInput } from './rollout-choice';
import { rolloutFacts } from './rollout-facts';
import { guardRollout } from './rollout-guard';
import { rolloutRepair } from './rollout-repair';

/** Step 2: decides in which order regions are made, who waits for whom, and what findings mean here. 4,000 tokens. */
export const regionalDeployer: Agent<RolloutInput, RolloutAnswer, RolloutChoice> = {
  name: 'regional deployer',
  account: 'regions',
  instructions: ROLLOUT_INSTRUCTIONS,
  measured: { instructions: 411, schema: 125 },
  schemaId: ROLLOUT_ANSWER_SCHEMA_ID,
  schema: rolloutAnswerSchema,
  output: { capTokens: 1_370, wantedTokens: 1_250, minimumTokens: 620 },
  facts: rolloutFacts,
  guard: guardRollout,
  repair: rolloutRepair,
  rules: ({ rollout }) => ({
    kind: 'chosen',
    choice: { rollout, reason: rollout.reason, summary: '', accepted: [], blocked: [] },
  }),
  beyondRules: [
    'what the note says about places and times: a holiday, a season of high load, a region that was troubled lately',
    'which canary is most like the others, and how long its traffic needs to show a fault',
    'whether a finding that is not high matters for this application',
  ],
};
