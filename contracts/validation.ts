import { z } from 'zod';
import { evidenceSchema, evidenceSourceSchema } from './evidence';
import { regionIdSchema } from './region';

/** Health of one service of one region, as asked through its load balancer. */
export const serviceHealthSchema = z.object({
  region: regionIdSchema,
  service: z.string(),
  healthy: z.boolean(),
  tasksHealthy: z.number().int(),
  tasksWanted: z.number().int(),
  detail: z.string(),
});
export type ServiceHealth = z.infer<typeof serviceHealthSchema>;

/** The `location` of a measurement that was made where the worker runs: it says nothing about the world locations. */
export const WORKER_LOCATION = 'worker';

/** Latency measured from one of the ten world locations, through the edge, on a warm connection. */
export const latencyMeasurementSchema = z.object({
  location: z.string(),
  servedBy: regionIdSchema,
  samples: z.number().int(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  slaPercentileMs: z.number(),
  withinSla: z.boolean(),
  decides: z.boolean().optional().describe('false: no user of the request is there, so the SLA does not speak of it'),
  source: evidenceSourceSchema,
});
export type LatencyMeasurement = z.infer<typeof latencyMeasurementSchema>;

export const loadMeasurementSchema = z.object({
  seconds: z.number(),
  requestsPerSecond: z.number(),
  requests: z.number().int(),
  failed: z.number().int(),
  p95Ms: z.number(),
});
export type LoadMeasurement = z.infer<typeof loadMeasurementSchema>;

/** Proof that an old primary cannot write any more. Without one of these nothing is promoted. */
export const fenceReceiptSchema = z.object({
  kind: z.enum([
    'processes-gone',
    'lease-expired',
    'stopped-cleanly',
    'ingress-closed-and-zero-connections',
    'takes-no-writes',
    'risk-accepted',
  ]),
  region: regionIdSchema,
  epoch: z.number().int(),
  at: z.string(),
  detail: z.string(),
});
export type FenceReceipt = z.infer<typeof fenceReceiptSchema>;

/** Phases of a failover, in order. RTO is their sum; `rebuild` is outside it. */
export const drillPhaseSchema = z.object({
  phase: z.enum(['detect', 'decide', 'fence', 'promote', 'shift', 'verify']),
  ms: z.number(),
});
export type DrillPhase = z.infer<typeof drillPhaseSchema>;

/** One numbered write as the writer logged it. Times are the writer’s own clock, milliseconds since the epoch. */
export const writeLogEntrySchema = z.object({
  seq: z.number().int(),
  sentAtMs: z.number(),
  endedAtMs: z.number(),
  outcome: z.enum(['acknowledged', 'refused', 'unknown']),
});
export type WriteLogEntry = z.infer<typeof writeLogEntrySchema>;

/** Faults after which another region takes the writes. */
export const faultDrillSchema = z.enum(['region-loss', 'database-loss', 'freeze', 'partition']);
export type FaultDrill = z.infer<typeof faultDrillSchema>;

/** What a drill found. `verdict` is decided by rules (workflows/steps/drill-result.ts). */
export const drillResultSchema = z.object({
  class: faultDrillSchema,
  region: regionIdSchema,
  promoted: regionIdSchema,
  rtoMs: z.number().describe('from the fault to the first write acknowledged through the edge'),
  rtoTargetMs: z.number(),
  phases: z.array(drillPhaseSchema),
  firstWriteMs: z.number(),
  protectedAgainMs: z.number().optional().describe('from the fault until the lost region was a standby again'),
  acknowledgedWrites: z.number().int(),
  acknowledgedWritesLost: z.number().int(),
  rpoMs: z.number().describe('age, at the fault, of the oldest acknowledged write that was lost; 0 when none was'),
  rpoTargetMs: z.number(),
  reportedLagMs: z.number().describe('the lag that was reported just before the fault'),
  fence: fenceReceiptSchema,
  passed: z.boolean(),
  why: z.string(),
});
export type DrillResult = z.infer<typeof drillResultSchema>;

export const CHECKLIST_ITEMS = [
  'All regions pass independent health checks',
  'Failover test successful (RTO < requirements)',
  'Latency SLA met from all test locations',
  'Data replication working (write to primary, read from secondary)',
  'Replication lag within acceptable thresholds',
  'Monitoring dashboards operational in all regions',
  'Alerting configured for regional failures',
  'Runbook documented for manual failover procedures',
  'Cost estimation validated against budget constraints',
  'Security validated (encryption in transit and at rest)',
] as const;

/** One of seed 004's ten checks. Only a measurement can make it `passed`; a calculation is `modelled`. */
export const checklistEntrySchema = z.object({
  item: z.enum(CHECKLIST_ITEMS),
  status: z.enum(['passed', 'failed', 'modelled', 'not-measured']),
  source: evidenceSourceSchema.optional(),
  evidence: z.array(evidenceSchema),
});
export type ChecklistEntry = z.infer<typeof checklistEntrySchema>;
