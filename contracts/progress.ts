import { z } from 'zod';
import { approvalSchema } from './approval';
import { stepNameSchema } from './decision';
import { ledgerSummarySchema } from './ledger';
import { regionIdSchema, regionRoleSchema } from './region';
import { verdictSchema } from './report';

/** What a region is doing, as people read it. */
export const regionStateSchema = z.enum([
  'waiting',
  'planning',
  'applying',
  'verifying',
  'baking',
  'replicating',
  'drilling',
  'draining',
  'removing',
  'ready',
  'failed',
  'undone',
]);
export type RegionState = z.infer<typeof regionStateSchema>;

export const progressEventSchema = z.object({
  seq: z.number().int(),
  at: z.string(),
  step: stepNameSchema.optional(),
  region: regionIdSchema.optional(),
  message: z.string(),
});
export type ProgressEvent = z.infer<typeof progressEventSchema>;

/** Answer of the progress query: the present state, and the events after `sinceSeq`. */
export const progressSchema = z.object({
  phase: z.enum([
    'topology',
    'plan',
    'approval',
    'regions',
    'replication',
    'validation',
    'promotion',
    'removal',
    'operating',
    'undoing',
    'ended',
  ]),
  verdict: verdictSchema.optional(),
  paused: z.object({ by: z.string(), reason: z.string(), since: z.string() }).optional(),
  regions: z.array(
    z.object({ region: regionIdSchema, role: regionRoleSchema, state: regionStateSchema, detail: z.string() }),
  ),
  approval: approvalSchema.optional(),
  ledger: ledgerSummarySchema,
  events: z.array(progressEventSchema),
});
export type Progress = z.infer<typeof progressSchema>;
