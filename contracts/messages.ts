import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import { type DecideApprovalInput, signatureSchema } from './approval';
import { recoveryTargetSchema } from './backup';
import { drillKindSchema } from './drill';
import { intakeSchema } from './intake';
import type { LedgerSummary } from './ledger';
import type { OperationKind } from './operation';
import type { DeploymentPlan } from './plan';
import type { Progress } from './progress';
import { regionIdSchema } from './region';
import { deploymentRequestSchema } from './request';

const askedBy = {
  requester: z.string().min(1),
  signature: signatureSchema.optional().describe('over requestText; without it the requester is only a claim'),
};

const why = { reason: z.string().max(500).optional().describe('kept in the report') };

/** A named person takes the risk of two writers upon themselves, until a time. */
const riskAcceptanceSchema = z.object({
  until: z.iso.datetime().describe('after this nothing is promoted any more'),
  reason: z.string().min(1).max(500),
});

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
  z.object({ kind: z.literal('switchover'), region: regionIdSchema.describe('takes the writes'), ...why, ...askedBy }),
  z.object({ kind: z.literal('drain'), region: regionIdSchema, ...why, ...askedBy }),
  z.object({ kind: z.literal('undrain'), region: regionIdSchema, ...why, ...askedBy }),
  z.object({
    kind: z.literal('promote-region'),
    region: regionIdSchema,
    acceptRisk: riskAcceptanceSchema
      .optional()
      .describe('promote even if nobody can prove that the old primary stopped'),
    proposed: z.boolean().optional().describe('asked for by a program: a person has to approve it first'),
    ...why,
    ...askedBy,
  }),
  z.object({ kind: z.literal('rejoin'), region: regionIdSchema, ...why, ...askedBy }),
  z.object({
    kind: z.literal('restore'),
    region: regionIdSchema.describe('takes the writes, with the data of a backup'),
    target: recoveryTargetSchema,
    backup: z.string().max(62).optional().describe('absent: the newest that is proven'),
    replaceLiving: z.boolean().optional().describe('also when databases live, to go back in time on purpose'),
    ...why,
    ...askedBy,
  }),
  z.object({ kind: z.literal('record-failover'), ...why, ...askedBy }),
  z.object({ kind: z.literal('drill'), drill: drillKindSchema, ...why, ...askedBy }),
]);
export type OperationRequest = z.infer<typeof operationRequestSchema>;
/** Operations on what is live; each ends in an OperationReport. */
export type LiveOperationRequest = Exclude<OperationRequest, { kind: 'deploy' | 'retire' | 'sweep' }>;

export interface BeginOperationResult {
  workflowId: string;
  generation: number;
  /** operations that run or wait before this one */
  ahead: number;
}

/** To the deployment entity: asks for the operation slot. Returns as soon as the operation has its number. */
export const beginOperationUpdate = defineUpdate<BeginOperationResult, [OperationRequest]>('beginOperation');

/** One operation as its deployment knows it. */
export interface QueuedOperation {
  workflowId: string;
  kind: OperationKind;
  generation: number;
  requester: string;
}

/** What is under way in a deployment, those that wait in their order, and a proposal that people think about. */
export interface OperationQueue {
  running: QueuedOperation[];
  waiting: QueuedOperation[];
  proposed?: string;
}

/** To the deployment entity: what holds its operation slot and what waits for it. */
export const operationQueueQuery = defineQuery<OperationQueue>('operationQueue');

/** To the deployment entity: takes an operation that waits out of the queue. Refused for one that does not wait. */
export const withdrawOperationUpdate = defineUpdate<void, [{ workflowId: string; by: string; reason: string }]>(
  'withdrawOperation',
);

/** To a deployment: decides the approval that is waiting. */
export const decideApprovalUpdate = defineUpdate<void, [DecideApprovalInput]>('decideApproval');

/** To an operation: stops it at its next safe point; what was done is undone. Refused once there is no way back. */
export const abortUpdate = defineUpdate<void, [{ by: string; reason: string }]>('abort');

/** To a deployment: begins nothing new until it is resumed; what is under way goes on. */
export const pauseUpdate = defineUpdate<void, [{ by: string; reason: string }]>('pause');
export const resumeUpdate = defineUpdate<void, [{ by: string }]>('resume');

/**
 * To an operation that runs: an emergency needs the slot; stop at the next safe point and take the way back. With
 * `questionOnly` it gives up no more than a question that nobody has decided yet, and goes on when it is past that.
 */
export const standDownSignal = defineSignal<[{ by: string; questionOnly?: boolean }]>('standDown');

export const progressQuery = defineQuery<Progress, [{ sinceSeq: number }]>('progress');
export const planQuery = defineQuery<DeploymentPlan | undefined>('plan');
export const ledgerQuery = defineQuery<LedgerSummary>('ledger');
