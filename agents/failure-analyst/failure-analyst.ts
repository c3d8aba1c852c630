import type { Agent } from '../loop/agent';
import { FAILURE_ANSWER_SCHEMA_ID, type FailureAnswer, failureAnswerSchema } from './answer-schema';
import type { FailureCase, FailureExplanation } from './failure-case';
import { failureFacts } from './failure-facts';
import { guardFailure } from './failure-guard';
import { BEYOND_RULES, failureByRules } from './failure-rules';
import { FAILURE_INSTRUCTIONS } from './instructions';

/** Explains a failure of steps 1 to 3, once everything was undone. Its account holds 1,100 tokens. */
export const failureAnalyst: Agent<FailureCase, FailureAnswer, FailureExplanation> = {
  name: 'failure analyst',
  account: 'failure',
  instructions: FAILURE_INSTRUCTIONS,
  measured: { instructions: 199, schema: 127 },
  schemaId: FAILURE_ANSWER_SCHEMA_ID,
  schema: failureAnswerSchema,
  output: { capTokens: 250, wantedTokens: 230, minimumTokens: 180 },
  facts: failureFacts,
  guard: guardFailure,
  explains: true,
  rules: failureByRules,
  beyondRules: BEYOND_RULES,
};
