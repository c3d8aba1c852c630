import { z } from 'zod';
import { approvalSchema } from './approval';
import { artifactRefSchema } from './artifact';
import { evidenceSchema } from './evidence';
import { DEPLOYMENT_STATES, OPERATION_KINDS, REGION_STATES } from './operation';
import { regionIdSchema } from './region';
import { fenceReceiptSchema } from './validation';

/**
 * How an operation ended: it did what was asked; it was so already; the table does not allow it now; a person said no;
 * it made way for an emergency; it failed. After the last three the way back was taken.
 */
export const operationOutcomeSchema = z.enum(['done', 'nothing-to-do', 'refused', 'rejected', 'stood-down', 'failed']);
export type OperationOutcome = z.infer<typeof operationOutcomeSchema>;

/** How an operation on what is live has ended, for whoever asked for it. */
export const endedOperationSchema = z.object({
  workflowId: z.string(),
  kind: z.enum(OPERATION_KINDS),
  outcome: operationOutcomeSchema,
  failure: z.string().optional().describe('type of the failure; absent: none, or a record of an older version'),
  summary: z.string(),
  endedAt: z.string(),
});
export type EndedOperation = z.infer<typeof endedOperationSchema>;

/** One act of an operation, in order; their times do not overlap. */
export const operationPhaseSchema = z.object({
  phase: z.string().describe('capacity, drain, catch-up, hand-over, fence, promote, shift, verify, …'),
  what: z.string(),
  ms: z.number(),
  outcome: z.enum(['done', 'failed']),
});
export type OperationPhase = z.infer<typeof operationPhaseSchema>;

/** Where writes were and what every region was, by record. */
export const operatingStateSchema = z.object({
  deployment: z.enum(DEPLOYMENT_STATES),
  primary: regionIdSchema.optional(),
  epoch: z.number().int().nonnegative(),
  regions: z.array(z.object({ region: regionIdSchema, state: z.enum(REGION_STATES) })),
});
export type OperatingState = z.infer<typeof operatingStateSchema>;

/** What an operation on a live deployment leaves behind: who asked for what, what was done, how that is known. */
export const operationReportSchema = z.object({
  schema: z.literal('meridian.operation/1'),
  kind: z.enum(OPERATION_KINDS),
  application: z.string(),
  environment: z.string(),
  generation: z.number().int(),
  outcome: operationOutcomeSchema,
  summary: z.string(),
  requester: z.string(),
  reason: z.string().optional(),
  approvals: z.array(approvalSchema),
  phases: z.array(operationPhaseSchema),
  receipts: z.array(fenceReceiptSchema).describe('why the old primary cannot write any more'),
  evidence: z.array(evidenceSchema),
  before: operatingStateSchema.optional(),
  after: operatingStateSchema.optional(),
  failure: z.object({ type: z.string(), message: z.string(), region: z.string().optional() }).optional(),
  undone: z.array(z.string()),
  left: z.array(z.string()).describe('what could not be put right, for a person'),
  next: z.array(z.string()),
  documents: z.array(z.object({ name: z.string(), artifact: artifactRefSchema })),
  workflow: z.object({ id: z.string(), runId: z.string() }),
  startedAt: z.string(),
  endedAt: z.string(),
});
export type OperationReport = z.infer<typeof operationReportSchema>;
