import { z } from 'zod';
import { artifactRefSchema } from './artifact';
import { platformKindSchema, regionIdSchema } from './region';
import { replicationPlanSchema } from './replication';
import { deploymentRequestSchema } from './request';
import { stackArtifactSchema, stackRefSchema } from './stack';
import { topologySchema } from './topology';

/** Written before a stack is touched, settled afterwards: what survives even a terminated workflow. */
export const intentSchema = z.object({
  ref: stackRefSchema,
  verb: z.enum(['apply', 'destroy']),
  generation: z.number().int(),
  token: z.string(),
  state: z.enum(['open', 'done', 'undone']),
});
export type Intent = z.infer<typeof intentSchema>;

/** What is live for one application in one environment. Histories expire; the record does not. */
export const deploymentRecordSchema = z.object({
  application: z.string(),
  environment: z.string(),
  version: z.number().int().nonnegative().describe('raised by every write; a write must name the version it read'),
  lastGeneration: z.number().int().nonnegative(),
  lastOperation: z
    .string()
    .optional()
    .describe('the operation that was given lastGeneration; makes giving it idempotent'),
  live: z
    .object({
      generation: z.number().int(),
      topology: topologySchema,
      replication: replicationPlanSchema.optional().describe('as it was decided; absent in records of older versions'),
      stacks: z.array(stackArtifactSchema),
      hostname: z.string(),
      request: deploymentRequestSchema,
      specs: artifactRefSchema.describe('RegionSpecs of all regions, JSON: networks of live regions never move'),
      firstRegion: regionIdSchema.describe('the region whose base stack holds what all regions share'),
      promotedAt: z.string(),
    })
    .optional(),
  dark: z.object({ generation: z.number().int(), regions: z.array(regionIdSchema), expiresAt: z.string() }).optional(),
  place: z
    .object({ platform: platformKindSchema, account: z.string() })
    .optional()
    .describe('where the deployment is; set before the first act, gone when nothing is left'),
  primary: regionIdSchema.optional(),
  epoch: z.number().int().nonnegative().describe('raised at every change of the primary; adapters refuse an older one'),
  epochClaimedBy: z.string().optional().describe('the workflow that claimed the present epoch'),
  drained: z.array(regionIdSchema).default([]).describe('regions taken out of answering while they are changed'),
  intents: z.array(intentSchema),
  drills: z.array(z.object({ at: z.string(), generation: z.number().int(), rtoMs: z.number(), passed: z.boolean() })),
});
export type DeploymentRecord = z.infer<typeof deploymentRecordSchema>;
export type LiveDeployment = NonNullable<DeploymentRecord['live']>;

export function emptyRecord(application: string, environment: string): DeploymentRecord {
  return { application, environment, version: 0, lastGeneration: 0, epoch: 0, drained: [], intents: [], drills: [] };
}
