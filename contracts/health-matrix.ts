import { z } from 'zod';
import { automationSchema } from './failover';
import { regionIdSchema } from './region';
import { serviceLookSchema } from './region-observation';

/** Seed 003's three colours, and `unknown`: what cannot be seen has no colour. */
export const alertLevelSchema = z.enum(['green', 'yellow', 'red', 'unknown']);
export type AlertLevel = z.infer<typeof alertLevelSchema>;

/** One row of the health matrix: seed 003's RegionalHealthCheck. */
export const regionHealthSchema = z.object({
  region: regionIdSchema,
  role: z.enum(['primary', 'successor', 'other']).describe('successor: may take over; other: only answers readers'),
  weight: z.number().describe('percent of the traffic that is meant for a region of this rank, seed 003'),
  threshold: z.number().describe('overall health below this is not green'),
  intervalSeconds: z.number().describe('between two checks while nothing is suspicious'),
  services: z.array(serviceLookSchema),
  overallHealth: z.number().optional().describe('0 to 100: the mean of what could be seen; absent when too little was'),
  alertLevel: alertLevelSchema,
  breaker: z.enum(['closed', 'open', 'half-open']),
  latencyMs: z.number().optional(),
  baselineMs: z
    .number()
    .optional()
    .describe('what latency is compared with; absent until there are enough measurements'),
  drained: z.boolean(),
  lastCheck: z.string().optional().describe('ISO time; absent before the first'),
});
export type RegionHealth = z.infer<typeof regionHealthSchema>;

/** What made the watch think that something should be done. */
export const triggerSchema = z.object({
  kind: z.enum(['region-down', 'breaker-open', 'latency-warning', 'latency-spike', 'compliance']),
  region: regionIdSchema,
  because: z.string(),
});
export type Trigger = z.infer<typeof triggerSchema>;

/** What should be done to which region. `record` writes down a failover that the platform carried out by itself. */
export const actionSchema = z.object({
  kind: z.enum(['fail-over', 'switch-over', 'drain', 'return', 'record']),
  region: regionIdSchema.describe('that is left, drained or returned'),
  to: regionIdSchema.optional().describe('with fail-over, switch-over and record: who takes the writes'),
  because: z.string(),
});
export type Action = z.infer<typeof actionSchema>;

/** An action and what became of it. */
export const decisionSchema = actionSchema.extend({
  id: z.string(),
  at: z.string(),
  outcome: z
    .enum(['asked', 'proposed', 'held', 'refused'])
    .describe('asked: the deployment carries it out; proposed: a person must; held: too soon or too much at once'),
  detail: z.string().describe('the workflow that carries it out, the command for a person, or why not'),
  workflowId: z.string().optional().describe('the operation that was asked for or proposed'),
});
export type WatchDecision = z.infer<typeof decisionSchema>;

/** The health of a deployment as it is known now. */
export const healthMatrixSchema = z.object({
  application: z.string(),
  environment: z.string(),
  at: z.string().describe('ISO time of the latest check'),
  checks: z.number().int(),
  generation: z.number().int(),
  primary: regionIdSchema,
  writer: z.enum(['lease', 'record']).describe('who knows where writes are: the platform by its leases, or the record'),
  automation: automationSchema,
  chain: z.array(regionIdSchema),
  regions: z.array(regionHealthSchema),
  triggers: z.array(triggerSchema),
  decisions: z.array(decisionSchema).describe('the latest, newest last'),
  notes: z.array(z.string()).describe('what this watch cannot do, in words'),
});
export type HealthMatrix = z.infer<typeof healthMatrixSchema>;
