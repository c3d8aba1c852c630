import { z } from 'zod';
import { regionIdSchema } from './region';
import { drillResultSchema, faultDrillSchema } from './validation';

/** What a drill on a live deployment does: a fault in the primary region, a slow network, or a move as planned. */
export const drillKindSchema = z.enum([...faultDrillSchema.options, 'slow-link', 'switchover']);
export type DrillKind = z.infer<typeof drillKindSchema>;

/** How often a schedule drills (seed 003: daily, weekly and monthly tests). */
export const DRILL_CADENCES = ['daily', 'weekly', 'monthly'] as const;
export type DrillCadence = (typeof DRILL_CADENCES)[number];

/** What the record keeps of the latest run of a schedule. */
export const scheduledDrillsSchema = z.object({
  cadence: z.enum(DRILL_CADENCES),
  at: z.string(),
  held: z.number().int().describe('drills that it was to hold'),
  failed: z.array(z.string()).describe('kind, outcome and why, for those that were not done'),
});
export type ScheduledDrillsStanding = z.infer<typeof scheduledDrillsSchema>;

/** What a drill that struck leaves behind; times in milliseconds. */
export const drillReportSchema = z.object({
  schema: z.literal('meridian.drill/1'),
  kind: drillKindSchema,
  application: z.string(),
  environment: z.string(),
  generation: z.number().int(),
  region: regionIdSchema.describe('took the writes before'),
  promoted: regionIdSchema.optional().describe('took them meanwhile; absent: they stayed'),
  byItself: z.boolean().describe('the platform replaced the primary, no workflow did'),
  at: z.string().describe('ISO time of the fault, or of the first act of a move'),
  endedAt: z.string(),
  undoAfterMs: z.number().optional().describe('the platform would have undone the fault by itself then'),
  rtoMs: z
    .number()
    .describe(
      'until writes were acknowledged again; of slow links and moves the longest pause; of a drill that broke off: at least',
    ),
  rtoTargetMs: z.number(),
  rpoMs: z
    .number()
    .optional()
    .describe('age of the oldest acknowledged write that was lost, 0 when none was; absent: not counted'),
  rpoTargetMs: z.number(),
  tier: z
    .object({ test: z.string(), rtoMs: z.number(), rpoMs: z.number(), kept: z.boolean() })
    .describe('the test of seed 003 that this drill stands for; told, the targets of the request decide'),
  acknowledgedWrites: z.number().int().optional(),
  acknowledgedWritesLost: z.number().int().optional(),
  result: drillResultSchema.optional().describe('of a drill in which the primary was replaced'),
  previous: z
    .object({ at: z.string(), rtoMs: z.number(), rpoMs: z.number().optional(), passed: z.boolean() })
    .optional()
    .describe('the last drill of the same kind'),
  passed: z.boolean(),
  why: z.string(),
  workflow: z.object({ id: z.string(), runId: z.string() }),
});
export type DrillReport = z.infer<typeof drillReportSchema>;
