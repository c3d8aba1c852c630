import { z } from 'zod';
import { failureKindSchema } from '../../contracts/report';

export const FAILURE_ANSWER_SCHEMA_ID = 'failure-analyst';

/** What the failure analyst answers. */
export const failureAnswerSchema = z.object({
  cause: z.string(),
  kind: z.enum(failureKindSchema.options),
  retry: z.boolean(),
  steps: z.array(z.string()),
});
export type FailureAnswer = z.infer<typeof failureAnswerSchema>;
