import type { Agent } from '../loop/agent';
import { VALIDATION_ANSWER_SCHEMA_ID, type ValidationAnswer, validationAnswerSchema } from './answer-schema';
import { VALIDATION_INSTRUCTIONS } from './instructions';
import { validationFacts } from './validation-facts';
import type { ValidationExplanation, ValidationFindings } from './validation-findings';
import { guardValidation, salvageValidation } from './validation-guard';
import { BEYOND_RULES, validationByRules } from './validation-rules';

/** Step 4: explains what was measured, after rules have judged. Its account holds 1,500 tokens. */
export const validationAnalyst: Agent<ValidationFindings, ValidationAnswer, ValidationExplanation> = {
  name: 'validation analyst',
  account: 'validation',
  instructions: VALIDATION_INSTRUCTIONS,
  measured: { instructions: 293, schema: 108 },
  schemaId: VALIDATION_ANSWER_SCHEMA_ID,
  schema: validationAnswerSchema,
  output: { capTokens: 550, wantedTokens: 420, minimumTokens: 230 },
  facts: validationFacts,
  guard: guardValidation,
  salvage: salvageValidation,
  explains: true,
  rules: validationByRules,
  beyondRules: BEYOND_RULES,
};
