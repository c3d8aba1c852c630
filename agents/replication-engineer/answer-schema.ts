import { z } from 'zod';

export const REPLICATION_ANSWER_SCHEMA_ID = 'replication-engineer';

/** What the replication engineer answers. Reasoning first; every field a fresh schema, see the topology architect. */
export const replicationAnswerSchema = z.object({
  weigh: z.string(),
  picks: z.array(z.string()),
  order: z.array(z.string()),
  conflicts: z.string(),
  proof: z.array(z.string()),
});
export type ReplicationAnswer = z.infer<typeof replicationAnswerSchema>;
