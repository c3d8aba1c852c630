import { z } from 'zod';
import { regionIdSchema } from './region';

/** One wave of regions that are deployed at the same time, at most `concurrency` of them at once. */
export const waveSchema = z.object({
  regions: z.array(regionIdSchema).min(1),
  concurrency: z.number().int().min(1),
  bakeSeconds: z.number().min(0).describe('health keeps voting this long before the next wave starts'),
  approvalBefore: z.boolean(),
});
export type Wave = z.infer<typeof waveSchema>;

/** How regions are rolled out: the first wave is the canary, judged without a database. */
export const rolloutSchema = z.object({
  canary: regionIdSchema,
  waves: z.array(waveSchema).min(1),
  failureTolerance: z.number().int().min(0).describe('regions that may fail before the rollout stops'),
  onFailure: z.enum(['keep-dark', 'rollback-all']),
  reason: z.string(),
  migration: z.array(z.string()).describe('data migration hooks for stateful applications: expand, migrate, contract'),
});
export type Rollout = z.infer<typeof rolloutSchema>;
