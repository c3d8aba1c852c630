import { defineQuery, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import { type DecideApprovalInput, signatureSchema } from './approval';
import { intakeSchema } from './intake';
import type { LedgerSummary } from './ledger';
import type { DeploymentPlan } from './plan';
import type { Progress } from './progress';
import { deploymentRequestSchema } from './request';

/** Operations that the deployment entity runs one at a time; a smaller number goes first. */
export const OPERATION_PRIORITY = {
  emergency: 0,
  rollback: 1,
  switchover: 2,
  deploy: 3,
  retire: 3,
  sweep: 3,
  drill: 4,
} as const;

const askedBy = {
  requester: z.string().min(1),
  signature: signatureSchema.optional().describe('over requestText; without it the requester is only a claim'),
};

/** What the entity is asked to do. Parsed by the entity again: not every caller is one of our clients. */
export const operationRequestSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('deploy'),
    request: deploymentRequestSchema,
    intake: intakeSchema
      .optional()
      .describe('when the request was a sentence: it, and the tokens that reading it took'),
    revertDrift: z.boolean().optional().describe('also return what was changed by hand to what the templates say'),
    ...askedBy,
  }),
  z.object({ kind: z.literal('retire'), ...askedBy }),
  z.object({ kind: z.literal('sweep'), ...askedBy }),
]);
export type OperationRequest = z.infer<typeof operationRequestSchema>;

export interface BeginOperationResult {
  workflowId: string;
  generation: number;
  /** operations that run or wait before this one */
  ahead: number;
}

/** To the deployment entity: asks for the operation slot. Returns as soon as the operation has its number. */
export const beginOperationUpdate = defineUpdate<BeginOperationResult, [OperationRequest]>('beginOperation');

/** To a deployment: decides the approval that is waiting. */
export const decideApprovalUpdate = defineUpdate<void, [DecideApprovalInput]>('decideApproval');

/** To a deployment: stops it in order; what was done is undone. */
export const abortUpdate = defineUpdate<void, [{ by: string; reason: string }]>('abort');

/** To a deployment: begins nothing new until it is resumed; what is under way goes on. */
export const pauseUpdate = defineUpdate<void, [{ by: string; reason: string }]>('pause');
export const resumeUpdate = defineUpdate<void, [{ by: string }]>('resume');

export const progressQuery = defineQuery<Progress, [{ sinceSeq: number }]>('progress');
export const planQuery = defineQuery<DeploymentPlan | undefined>('plan');
export const ledgerQuery = defineQuery<LedgerSummary>('ledger');
