import { z } from 'zod';

export const ROLLOUT_ANSWER_SCHEMA_ID = 'regional-deployer';

/** What the regional deployer answers. Reasoning first; every field a fresh schema, see the topology architect. */
export const rolloutAnswerSchema = z.object({
  weigh: z.string(),
  waves: z.array(z.string()),
  findings: z.array(z.string()),
  migration: z.string(),
  summary: z.string(),
});
export type RolloutAnswer = z.infer<typeof rolloutAnswerSchema>;
