import { z } from 'zod';
import { regionIdSchema, regionRoleSchema } from './region';

export const topologyModeSchema = z.enum(['active-passive', 'active-active', 'read-local', 'sharded']);
export type TopologyMode = z.infer<typeof topologyModeSchema>;

export const routingSchema = z.enum(['latency', 'failover', 'weighted', 'geo']);
export type Routing = z.infer<typeof routingSchema>;

export const costLineSchema = z.object({
  region: z.string().describe('a region id, or "global"'),
  item: z.string(),
  quantity: z.string(),
  usdPerMonth: z.number(),
  basis: z.enum(['verified', 'estimated']).describe('how far the price fact can be trusted'),
});
export type CostLine = z.infer<typeof costLineSchema>;

export const costEstimateSchema = z.object({
  usdPerMonth: z.number(),
  lines: z.array(costLineSchema),
  asOf: z.string(),
});
export type CostEstimate = z.infer<typeof costEstimateSchema>;

export const topologyRegionSchema = z.object({
  region: regionIdSchema,
  role: regionRoleSchema,
  jurisdiction: z.string(),
  zones: z.number().int().positive(),
  usersPercent: z.number().describe('percent of all users nearest to this region'),
  why: z.string(),
});
export type TopologyRegion = z.infer<typeof topologyRegionSchema>;

/** A ranked proposal of the strategy advisor. Roles are complete: any candidate can be deployed as it stands. */
export const candidateSchema = z.object({
  id: z.string().describe('c1, c2, … in order of rank'),
  mode: topologyModeSchema,
  routing: routingSchema,
  regions: z.array(topologyRegionSchema).min(1),
  latency: z.object({
    percentile: z.number(),
    modelledMs: z.number().describe('the modelled latency at that percentile of the request’s users'),
    withinSlaPercent: z.number(),
  }),
  cost: costEstimateSchema,
  survivesRegionLoss: z.boolean(),
  violations: z.array(z.string()).describe('hard policies this candidate breaks; empty means it may be chosen'),
});
export type Candidate = z.infer<typeof candidateSchema>;

/** What the multicloud-strategy-advisor hands over: facts, ranked; nothing is decided yet. */
export const adviceSchema = z.object({
  candidates: z.array(candidateSchema),
  singleRegionUsdPerMonth: z.number().describe('the cheapest single-region cost, base of the budget rule'),
  keepsPrimary: regionIdSchema
    .optional()
    .describe('the region that takes the writes of what is live: every candidate keeps it'),
  rejected: z.array(z.object({ region: z.string(), why: z.string() })),
});
export type Advice = z.infer<typeof adviceSchema>;

/** The chosen topology: a candidate that passed every policy, with who decided and why. */
export const topologySchema = candidateSchema.extend({
  primary: regionIdSchema,
  diagram: z.string().describe('Mermaid source'),
});
export type Topology = z.infer<typeof topologySchema>;
