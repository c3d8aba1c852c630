import { z } from 'zod';
import { backupStandingSchema } from './backup';
import { scheduledDrillsSchema } from './drill';
import { automationSchema } from './failover';
import { endedOperationSchema } from './operation-report';
import { platformKindSchema, regionIdSchema } from './region';

/** What a region is judged by (seed 003's services, as far as the platforms can tell): its tasks, its databases, their copies, the global health checks. */
export const SERVICES = ['compute', 'database', 'replication', 'traffic'] as const;
export type Service = (typeof SERVICES)[number];

/** One look at one service. A look that failed has no score: it says nothing, neither 0 nor 100. */
export const serviceLookSchema = z.object({
  service: z.enum(SERVICES),
  score: z.number().min(0).max(100).optional().describe('absent: it could not be seen'),
  detail: z.string().describe('in words, for people; why it could not be seen when it could not'),
});
export type ServiceLook = z.infer<typeof serviceLookSchema>;

/** One look at a region. Services that the region does not have are absent. */
export const regionObservationSchema = z.object({
  region: regionIdSchema,
  services: z.array(serviceLookSchema),
  lags: z.array(z.object({ store: z.string(), lagMs: z.number() })).describe('of standbys, as far as known'),
  unencrypted: z.array(z.string()).describe('stores whose replication to this region is seen to be unencrypted'),
});
export type RegionObservation = z.infer<typeof regionObservationSchema>;

/** What is watched: the facts of the live record, few enough to travel. */
export const watchedDeploymentSchema = z.object({
  version: z.number().int().describe('of the record that this was read from'),
  generation: z.number().int(),
  platform: platformKindSchema,
  account: z.string(),
  hostname: z.string(),
  primary: regionIdSchema.describe('where writes are, by record'),
  epoch: z.number().int(),
  order: z.array(regionIdSchema).describe('all regions: the primary, then those that may follow it, then the others'),
  chain: z.array(regionIdSchema).describe('who may take over, in order; residency has been applied'),
  chainProblem: z.string().optional().describe('why nobody may take over'),
  outside: z.array(regionIdSchema).describe('regions in which, by residency, no user may be served and no data kept'),
  drained: z.array(regionIdSchema),
  fenced: z.array(regionIdSchema).describe('regions that lost the writes in a failover and have to rejoin'),
  moving: z
    .object({ to: regionIdSchema, since: z.string() })
    .optional()
    .describe('a move of the writes that has not ended, as the record has it'),
  stores: z.array(z.object({ store: z.string(), lagThresholdMs: z.number(), regions: z.array(regionIdSchema) })),
  rtoSeconds: z.number(),
  latency: z.object({ percentile: z.number(), underMs: z.number(), of: z.enum(['read', 'write']) }),
  automation: automationSchema,
  lastDrill: z.object({ at: z.string(), rtoMs: z.number(), passed: z.boolean() }).optional(),
  ended: z.array(endedOperationSchema).optional().describe('the latest operations that have ended, oldest first'),
  backups: backupStandingSchema.optional().describe('of the latest round; absent: none has ended yet'),
  scheduledDrills: z.array(scheduledDrillsSchema).optional().describe('the latest run of each schedule'),
});
export type WatchedDeployment = z.infer<typeof watchedDeploymentSchema>;

/** Who may write a store now, where the platform keeps leases. */
export const leaseSightSchema = z.object({ store: z.string(), holder: regionIdSchema.optional(), epoch: z.number() });
export type LeaseSight = z.infer<typeof leaseSightSchema>;

/** What one check brings back. */
export const checkResultSchema = z.object({
  live: z.boolean().describe('false: nothing is live any more, there is nothing to watch'),
  deployment: watchedDeploymentSchema.optional().describe('absent when the record is as the asker knows it'),
  regions: z.array(regionObservationSchema).describe('of the regions that were asked about'),
  answering: z.array(regionIdSchema).optional().describe('regions that the hostname leads to; absent: unknown'),
  leases: z.array(leaseSightSchema).describe('empty where the platform keeps none, or none could be read'),
  leasesUnread: z
    .string()
    .optional()
    .describe('why a lease could not be read; absent: those that are missing are not kept'),
  slot: z
    .enum(['free', 'held'])
    .optional()
    .describe('whether an operation runs or waits; asked for when a lease names another than the primary'),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

/** Latency of the regions that answered somebody, ms: the median of the world locations that a region served. */
export const regionLatencySchema = z.object({
  region: regionIdSchema,
  ms: z.number(),
  from: z.string().describe('the world locations that it answered, in order'),
});
export type RegionLatency = z.infer<typeof regionLatencySchema>;
