import { z } from 'zod';
import { regionIdSchema } from '../../contracts/region';
import { regionSpecSchema, trafficSpecSchema } from '../../contracts/region-spec';
import { replicationPlanSchema } from '../../contracts/replication';
import { deploymentRequestSchema, type RequestProblem } from '../../contracts/request';
import type { StackRef, SymbolicParameter } from '../../contracts/stack';
import { topologySchema } from '../../contracts/topology';

/** What is live, as far as a change has to keep it: networks do not move, databases are not made again. */
const liveRegionsSchema = z.object({
  specs: z.array(regionSpecSchema),
  firstRegion: regionIdSchema.describe('the region whose base stack holds the credentials that all regions share'),
});
export type LiveRegions = z.infer<typeof liveRegionsSchema>;

export const buildRegionSpecsInputSchema = z.object({
  request: deploymentRequestSchema,
  topology: topologySchema,
  replication: replicationPlanSchema,
  live: liveRegionsSchema.optional().describe('absent for a first deployment'),
});
export type BuildRegionSpecsInput = z.infer<typeof buildRegionSpecsInputSchema>;

export const generateTemplatesInputSchema = z.object({
  specs: z.array(regionSpecSchema).min(1).max(30),
  traffic: z.object({ preview: trafficSpecSchema, production: trafficSpecSchema }),
  account: z.string(),
  application: z.string(),
  environment: z.string(),
  firstRegion: regionIdSchema
    .optional()
    .describe('the region whose base stack is made first (the canary); default: the first of specs'),
});
export type GenerateTemplatesInput = z.infer<typeof generateTemplatesInputSchema>;

/** One rendered template: JSON text, what must be passed to it, and how many resources it holds. */
export interface RenderedStack {
  template: string;
  parameters: Record<string, SymbolicParameter>;
  resources: number;
}

export interface GeneratedStack extends RenderedStack {
  ref: StackRef;
}

export interface GeneratedTemplates {
  /** in the order in which they are made */
  stacks: GeneratedStack[];
  documents: Array<{ name: string; content: string }>;
}

/** A request that is well-formed but cannot be rendered. Says which field, what was received, what would be valid. */
export class UnrenderableError extends Error {
  override readonly name = 'UnrenderableError';
  constructor(readonly problem: RequestProblem) {
    super(`${problem.field}: ${problem.received} cannot be rendered; valid: ${problem.valid}`);
  }
}
