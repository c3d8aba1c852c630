import { z } from 'zod';
import { regionIdSchema } from './region';
import { drillPhaseSchema, fenceReceiptSchema } from './validation';

/** What may happen without a person when the region that takes writes falls silent: nothing, a proposal, or the approved plan. */
export const automationSchema = z.enum(['off', 'propose', 'automatic']);
export type Automation = z.infer<typeof automationSchema>;

/** Who may take the writes of one store now, as the lease store has it. */
export const leaseStatusSchema = z.object({
  holder: regionIdSchema.optional().describe('absent: nobody, the last holder has proven that its database is gone'),
  epoch: z.number().int().nonnegative(),
  automation: automationSchema,
});
export type LeaseStatus = z.infer<typeof leaseStatusSchema>;

/** A failover that the sentinels carried out by themselves. */
export const takeoverSchema = z.object({
  store: z.string(),
  from: regionIdSchema.optional(),
  to: regionIdSchema,
  epoch: z.number().int().nonnegative(),
  at: z.string().describe('ISO time at which the new region was serving'),
  phases: z.array(drillPhaseSchema),
  fence: fenceReceiptSchema,
});
export type Takeover = z.infer<typeof takeoverSchema>;

/** A planned change of the primary, as one act of the data plane. */
export const handOverSchema = z.object({
  fence: fenceReceiptSchema.describe('of the region that wrote before'),
  heldMs: z.number().describe('from the first write that was held to the first that the new region could take'),
});
export type HandOver = z.infer<typeof handOverSchema>;
