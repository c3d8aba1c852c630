import { z } from 'zod';
import { routingSchema, topologyModeSchema } from '../../contracts/topology';

export const TOPOLOGY_ANSWER_SCHEMA_ID = 'topology-architect';

/**
 * What the topology architect answers. Reasoning first: its words take the place of thinking. Every field is a fresh
 * schema: a shared one becomes a `$ref`, which costs twice the tokens.
 */
export const topologyAnswerSchema = z.object({
  weigh: z.string(),
  base: z.string(),
  mode: z.enum(topologyModeSchema.options),
  groups: z.array(z.string()),
  routing: z.enum(routingSchema.options),
  edge: z.boolean(),
  notes: z.array(z.string()),
});
export type TopologyAnswer = z.infer<typeof topologyAnswerSchema>;
