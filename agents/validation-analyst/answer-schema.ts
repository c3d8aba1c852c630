import { z } from 'zod';

export const VALIDATION_ANSWER_SCHEMA_ID = 'validation-analyst';

/** What the validation analyst answers. There is no verdict in it: rules have given that. */
export const validationAnswerSchema = z.object({
  cause: z.string(),
  marginal: z.array(z.string()),
  next: z.array(z.string()),
  summary: z.string(),
});
export type ValidationAnswer = z.infer<typeof validationAnswerSchema>;
