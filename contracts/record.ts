import { z } from 'zod';
import { artifactRefSchema } from './artifact';
import { backupStandingSchema } from './backup';
import { drillKindSchema, scheduledDrillsSchema } from './drill';
import { takeoverSchema } from './failover';
import { endedOperationSchema } from './operation-report';
import { platformKindSchema, regionIdSchema } from './region';
import { replicationPlanSchema } from './replication';
import { deploymentRequestSchema } from './request';
import { stackArtifactSchema, stackRefSchema } from './stack';
import { topologySchema } from './topology';
import { fenceReceiptSchema } from './validation';

/** Written before a stack is touched, settled afterwards: what survives even a terminated workflow. */
export const intentSchema = z.object({
  ref: stackRefSchema,
  verb: z.enum(['apply', 'destroy']),
  generation: z.number().int(),
  token: z.string(),
  state: z.enum(['open', 'done', 'undone']),
});
export type Intent = z.infer<typeof intentSchema>;

/** A failover as the record keeps it: what sentinels did by themselves, and promotions that a person asked for. */
export const failoverRecordSchema = takeoverSchema.omit({ fence: true }).extend({
  fence: fenceReceiptSchema.optional().describe('absent: the platform does not say how it is known'),
  by: z.string().describe('the platform, or the workflow that did it'),
});
export type FailoverRecord = z.infer<typeof failoverRecordSchema>;

/** A region whose database may not come back by itself: it was fenced and others were promoted. */
export const fencedRegionSchema = z.object({
  region: regionIdSchema,
  since: z.string(),
  epoch: z.number().int(),
  why: z.string(),
});

/**
 * A move of the writes that cannot go back and has not come to its end: set before the first promotion, taken away once
 * traffic has followed. Survives whoever began it, so that the next one knows where to go on.
 */
export const movingSchema = z.object({
  to: regionIdSchema,
  from: z.record(z.string(), regionIdSchema).describe('by store: who took its writes before'),
  since: z.string(),
});

/** One drill as the record keeps it. */
export const drillEntrySchema = z.object({
  at: z.string(),
  generation: z.number().int(),
  rtoMs: z.number(),
  passed: z.boolean(),
  kind: drillKindSchema.optional().describe('absent in records of older versions: region-loss'),
  rpoMs: z.number().optional().describe('absent: not counted'),
  report: artifactRefSchema.optional().describe('a DrillReport; absent: the drill was part of a deployment'),
});
export type DrillEntry = z.infer<typeof drillEntrySchema>;

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
  fenced: z.array(fencedRegionSchema).optional().describe('regions that have to rejoin; absent: none'),
  moving: movingSchema.optional().describe('absent: no move is unfinished'),
  failovers: z.array(failoverRecordSchema).optional().describe('the last 50, oldest first'),
  operations: z
    .array(endedOperationSchema.extend({ report: artifactRefSchema }))
    .optional()
    .describe('the last 50 operations on what is live, oldest first'),
  intents: z.array(intentSchema),
  drilling: z
    .object({ workflowId: z.string(), kind: drillKindSchema, until: z.string() })
    .optional()
    .describe('a fault is in force on purpose until then at the latest: the watch asks for nothing meanwhile'),
  drills: z.array(drillEntrySchema).describe('the last 50, oldest first'),
  scheduledDrills: z.array(scheduledDrillsSchema).optional().describe('the latest run of each schedule'),
  backups: backupStandingSchema.optional().describe('what the latest round of backups came to'),
});
export type DeploymentRecord = z.infer<typeof deploymentRecordSchema>;
export type LiveDeployment = NonNullable<DeploymentRecord['live']>;

export function emptyRecord(application: string, environment: string): DeploymentRecord {
  return { application, environment, version: 0, lastGeneration: 0, epoch: 0, drained: [], intents: [], drills: [] };
}
