import { z } from 'zod';
import { approvalSchema } from './approval';
import { artifactRefSchema } from './artifact';
import { decisionSchema, stepNameSchema } from './decision';
import { ledgerSummarySchema } from './ledger';
import { deploymentPlanSchema } from './plan';
import { regionIdSchema } from './region';
import { deploymentRequestSchema } from './request';
import { stackRefSchema } from './stack';
import { costEstimateSchema, topologySchema } from './topology';
import {
  checklistEntrySchema,
  drillResultSchema,
  latencyMeasurementSchema,
  loadMeasurementSchema,
  serviceHealthSchema,
} from './validation';

export const verdictSchema = z.enum(['promoted', 'blocked', 'rolled-back', 'failed']);
export type Verdict = z.infer<typeof verdictSchema>;

/** What kind of trouble a failure is, as far as somebody could tell. */
export const failureKindSchema = z.enum([
  'capacity',
  'quota',
  'permission',
  'configuration',
  'conflict',
  'provider',
  'network',
  'unknown',
]);
export type FailureKind = z.infer<typeof failureKindSchema>;

/** An explanation of a failure, once everything was undone. Nothing acts on it. */
export const failureAnalysisSchema = z.object({
  decidedBy: z.enum(['model', 'rules']),
  model: z.string().optional().describe('the model id when decidedBy is model'),
  cause: z.string(),
  kind: failureKindSchema,
  retry: z.boolean().describe('whether the same request would succeed unchanged later'),
  steps: z.array(z.string()).describe('suggestions of whoever explained; `next` is what rules say'),
  reason: z.string().optional().describe('why no model explained it'),
});
export type FailureAnalysis = z.infer<typeof failureAnalysisSchema>;

/** Why a run did not end promoted: what failed where, in whose words, and what to do next. */
export const failureSchema = z.object({
  step: stepNameSchema,
  type: z.string().describe('a failure type of contracts/failure-types.ts'),
  region: regionIdSchema.optional(),
  resource: z.string().optional(),
  message: z.string(),
  next: z.array(z.string()),
  analysis: failureAnalysisSchema.optional(),
});
export type Failure = z.infer<typeof failureSchema>;

export const stepReportSchema = z.object({
  step: stepNameSchema,
  status: z.enum(['passed', 'failed', 'skipped']),
  summary: z.string(),
  ms: z.number(),
});
export type StepReport = z.infer<typeof stepReportSchema>;

/** The published report document (`npm run demo -- --json`): one chain from what was asked to what was proven. */
export const deploymentReportSchema = z.object({
  schema: z.literal('meridian.report/1'),
  verdict: verdictSchema,
  summary: z.string(),
  generation: z.number().int(),
  request: deploymentRequestSchema,
  topology: topologySchema.optional(),
  steps: z.array(stepReportSchema),
  decisions: z.array(decisionSchema),
  ledger: ledgerSummarySchema,
  plan: deploymentPlanSchema.optional(),
  approvals: z.array(approvalSchema),
  checklist: z.array(checklistEntrySchema),
  health: z.array(serviceHealthSchema),
  drill: drillResultSchema.optional(),
  latency: z.array(latencyMeasurementSchema),
  load: loadMeasurementSchema.optional(),
  modelled: z.array(z.string()).describe('what the target platform’s own facts predict where a stand-in was measured'),
  cost: costEstimateSchema.optional(),
  failure: failureSchema.optional(),
  undone: z.array(z.string()),
  leftovers: z.array(z.object({ ref: stackRefSchema, why: z.string() })),
  proposals: z
    .array(z.string())
    .optional()
    .describe('what a person might change, with whoever suggests it; nothing acts on them'),
  timing: z.object({
    wallMs: z.number(),
    criticalPathMs: z
      .number()
      .describe('time covered by at least one platform operation, bake, probe, drill or wait for a person'),
    orchestrationMs: z.number().describe('wall time minus that'),
  }),
  documents: z.array(z.object({ name: z.string(), artifact: artifactRefSchema })),
  workflow: z.object({ id: z.string(), runId: z.string() }),
  startedAt: z.string(),
  endedAt: z.string(),
});
export type DeploymentReport = z.infer<typeof deploymentReportSchema>;
