import { z } from 'zod';

/** The four steps of seed 004; names are used in the ledger, progress, report and Web UI. */
export const stepNameSchema = z.enum(['topology', 'regions', 'replication', 'validation']);
export type StepName = z.infer<typeof stepNameSchema>;

/** One judgement: who made it, why, and what was not chosen. `rules` means no model was asked, or it did not help. */
export const decisionSchema = z.object({
  step: stepNameSchema,
  about: z.string(),
  decidedBy: z.enum(['model', 'rules', 'person']),
  model: z.string().optional().describe('the model id when decidedBy is model'),
  choice: z.string(),
  reason: z.string(),
  alternatives: z.array(z.string()),
  noModel: z.string().optional().describe('why the configured model did not decide, where rules had to'),
});
export type Decision = z.infer<typeof decisionSchema>;
