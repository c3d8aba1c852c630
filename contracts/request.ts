import { z } from 'zod';
import { automationSchema } from './failover';
import { platformKindSchema, regionIdSchema } from './region';
import { quorumSchema, whenDegradedSchema } from './replication';

const nameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
    'must be 2 to 32 lower-case letters, digits or dashes, starting with a letter',
  );

const hostnameSchema = z
  .string()
  .max(200)
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a host name, for example "orders.example.com"');

const userAreaSchema = z.object({
  area: z.string().describe('an area of the catalog, for example "europe"'),
  share: z.number().positive().max(100).describe('percent of all users'),
});

const latencySlaSchema = z.object({
  percentile: z.number().min(50).max(99.9).default(95),
  underMs: z.number().positive().max(10_000),
  of: z.enum(['read', 'write']).default('read').describe('what is timed, on a warm connection'),
});

const complianceSchema = z.object({
  frameworks: z.array(z.string().max(32)).max(10).default([]),
  residency: z
    .array(z.string().max(16))
    .max(10)
    .default([])
    .describe('jurisdictions whose users must be served and stored inside them, for example ["eu"]'),
});

const regionOverrideSchema = z.object({
  cidr: z.string().optional().describe('the network of this region, for example "10.20.0.0/16"'),
  tasks: z.number().int().min(1).max(50).optional(),
  instanceClass: z.string().max(40).optional(),
  weight: z.number().int().min(0).max(255).optional().describe('share of traffic under weighted routing'),
});

const regionWishSchema = z.object({
  wanted: z.array(regionIdSchema).max(30).default([]).describe('use exactly these, when present'),
  excluded: z.array(regionIdSchema).max(60).default([]),
  max: z.number().int().min(1).max(30).default(5),
  overrides: z.record(z.string(), regionOverrideSchema).default({}),
});

const healthCheckSchema = z.object({
  path: z.string().startsWith('/').max(200).default('/health/live'),
  intervalSeconds: z.number().min(1).max(300).default(5),
  healthyAfter: z.number().int().min(1).max(10).default(2),
  unhealthyAfter: z.number().int().min(1).max(10).default(3),
});

const serviceSchema = z.object({
  name: nameSchema,
  kind: z.enum(['container']).default('container'),
  image: z.string().min(1).max(300),
  port: z.number().int().min(1).max(65_535).default(8080),
  tasks: z.number().int().min(1).max(50).default(2),
  cpu: z.union([z.literal(256), z.literal(512), z.literal(1024), z.literal(2048), z.literal(4096)]).default(256),
  memoryMb: z.number().int().min(512).max(30_720).default(512),
  public: z.boolean().default(true),
  health: healthCheckSchema.prefault({}),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string().max(1_000)).default({}),
  secrets: z
    .array(z.object({ name: z.string().regex(/^[A-Z][A-Z0-9_]*$/), from: z.string().min(1).max(300) }))
    .max(30)
    .default([])
    .describe('references only: values never pass through Meridian'),
  uses: z.array(nameSchema).max(20).default([]).describe('data stores this service reads or writes'),
});

const dataStoreSchema = z.object({
  name: nameSchema,
  engine: z.enum(['postgresql', 'dynamodb', 'redis', 's3']),
  version: z.string().max(16).optional(),
  storageGb: z.number().int().min(20).max(65_536).default(20),
  instanceClass: z.string().max(40).default('db.t4g.small'),
  strategy: z.enum(['active-passive', 'active-active', 'read-replicas', 'sharded']).default('active-passive'),
  consistency: z.enum(['strong', 'eventual', 'causal']).default('strong'),
  replication: z.enum(['auto', 'synchronous', 'asynchronous']).default('auto'),
  quorum: quorumSchema.optional().describe('synchronous: standbys that must hold a write before it is acknowledged'),
  whenDegraded: z
    .enum(['auto', ...whenDegradedSchema.options])
    .default('auto')
    .describe('synchronous: while fewer standbys than the quorum answer, writes wait or are acknowledged alone'),
  conflicts: z.enum(['none', 'application', 'last-writer-wins']).default('none'),
  personalData: z.boolean().default(false),
});

const rolloutWishSchema = z.object({
  canary: regionIdSchema.optional(),
  bakeSeconds: z.number().min(0).max(86_400).default(300),
  approval: z.enum(['none', 'plan', 'every-region']).default('plan'),
  approvalTimeoutSeconds: z.number().int().min(10).max(1_209_600).default(86_400),
  onFailure: z.enum(['keep-dark', 'rollback-all']).default('keep-dark'),
  concurrency: z.number().int().min(1).max(30).optional().describe('regions of one wave that are deployed at once'),
  failureTolerance: z
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe('regions after the canary that may fail before the rollout stops; a failed one gets no traffic'),
});

/** Everything seed 004 lets a user ask for. Limits are those of docs/limits (30 regions, 20 data stores, 200 KB). */
export const deploymentRequestSchema = z.object({
  application: nameSchema,
  environment: z.enum(['development', 'staging', 'production']),
  criticality: z.enum(['standard', 'critical']).default('standard'),
  platform: platformKindSchema,
  account: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('default'),
  hostname: hostnameSchema,
  users: z.array(userAreaSchema).min(1).max(20),
  latency: latencySlaSchema,
  compliance: complianceSchema.prefault({}),
  budget: z.object({ usdPerMonth: z.number().positive() }),
  recovery: z.object({
    rtoSeconds: z.number().positive().max(604_800),
    rpoSeconds: z.number().min(0).max(604_800),
    automation: automationSchema
      .optional()
      .describe('what may happen without a person when the primary falls silent; by platform when left out'),
    drillMaxAgeDays: z
      .number()
      .positive()
      .max(3_650)
      .optional()
      .describe('production changes only within so many days of a failover drill that passed; 35 when left out'),
  }),
  regions: regionWishSchema.prefault({}),
  services: z.array(serviceSchema).min(1).max(20),
  dataStores: z.array(dataStoreSchema).max(20).default([]),
  rollout: rolloutWishSchema.prefault({}),
  routing: z.enum(['auto', 'latency', 'failover', 'weighted', 'geo']).default('auto'),
  notes: z.string().max(2_000).default('').describe('free text for the topology architect; data, never instructions'),
});
export type DeploymentRequest = z.infer<typeof deploymentRequestSchema>;
export type ServiceRequest = DeploymentRequest['services'][number];
export type DataStoreRequest = DeploymentRequest['dataStores'][number];

/** A request file may not be larger than this (bytes). */
export const REQUEST_MAX_BYTES = 200 * 1024;

/** One thing wrong with a request: where, what was received, what would be valid. */
export const requestProblemSchema = z.object({
  field: z.string(),
  received: z.string(),
  valid: z.string(),
});
export type RequestProblem = z.infer<typeof requestProblemSchema>;
