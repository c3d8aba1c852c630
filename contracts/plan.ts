import { z } from 'zod';
import { artifactRefSchema } from './artifact';
import { findingSchema } from './finding';
import { regionIdSchema } from './region';
import { replicationPlanSchema } from './replication';
import { rolloutSchema } from './rollout';
import { plannedChangeSchema, stackArtifactSchema, stackRefSchema } from './stack';
import { topologySchema } from './topology';

/** What will be done if the plan is approved, and how it will be undone. Everything a person approves is in here. */
export const deploymentPlanSchema = z.object({
  digest: z.string().length(64),
  topology: topologySchema,
  rollout: rolloutSchema,
  replication: replicationPlanSchema,
  specs: artifactRefSchema.describe('RegionSpecs of all regions, JSON'),
  stacks: z.array(stackArtifactSchema),
  changes: z.array(
    z.object({
      ref: stackRefSchema,
      before: z.enum(['absent', 'present']),
      changes: z.array(plannedChangeSchema),
      broadening: z
        .array(z.string())
        .describe('permissions and network openings that become wider, one line each; empty for a new stack'),
    }),
  ),
  removals: z
    .array(z.object({ region: regionIdSchema, stacks: z.array(stackArtifactSchema) }))
    .describe('regions that leave a live deployment: drained first, destroyed last'),
  dangling: z
    .array(stackArtifactSchema)
    .default([])
    .describe(
      'what a region that stays has and nothing needs any more: connections to regions that leave; destroyed last',
    ),
  costBefore: z.number().optional().describe('USD a month of what is live now'),
  findings: z.array(findingSchema),
  inverse: z.array(z.string()).describe('how each stack would be undone, in the order of undoing'),
  irreversible: z.array(z.string()),
  documents: z
    .array(z.object({ name: z.string(), artifact: artifactRefSchema }))
    .describe('deployment scripts and the like'),
});
export type DeploymentPlan = z.infer<typeof deploymentPlanSchema>;
