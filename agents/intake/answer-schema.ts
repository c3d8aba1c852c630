import { z } from 'zod';

export const INTAKE_ANSWER_SCHEMA_ID = 'intake';

/** What the intake answers. No reasoning field: it copies what is said, and code judges it. */
export const intakeAnswerSchema = z.object({
  request: z.array(z.string()),
  unclear: z.array(z.string()),
});
export type IntakeAnswer = z.infer<typeof intakeAnswerSchema>;
