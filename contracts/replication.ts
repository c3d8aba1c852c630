import { z } from 'zod';
import { regionIdSchema } from './region';

/** What the capability table allows for one data store, decided by rules from RPO, consistency and engine. */
export const replicationModeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('synchronous'), writePenaltyMs: z.number() }),
  z.object({ kind: z.literal('asynchronous'), boundedRpoSeconds: z.number() }),
  z.object({ kind: z.literal('unsatisfiable'), reason: z.string(), alternatives: z.array(z.string()) }),
]);
export type ReplicationMode = z.infer<typeof replicationModeSchema>;

/** The replication plan of one data store. */
export const storeReplicationSchema = z.object({
  store: z.string(),
  engine: z.string(),
  mode: replicationModeSchema,
  primary: regionIdSchema,
  replicas: z.array(regionIdSchema),
  lagThresholdMs: z.number().describe('replication lag above this fails the step and raises the alarm'),
  conflicts: z.string().describe('how write conflicts are avoided or resolved, in one sentence'),
  consistencyChecks: z.array(z.string()),
  capability: z.string().describe('the row of the capability table that this rests on, with its source'),
});
export type StoreReplication = z.infer<typeof storeReplicationSchema>;

export const replicationPlanSchema = z.object({
  stores: z.array(storeReplicationSchema),
  order: z.array(z.string()).describe('data stacks in the order in which they are made: "region/store"'),
});
export type ReplicationPlan = z.infer<typeof replicationPlanSchema>;

/** What was chosen about one store where rules leave a choice. Absent: as rules say. */
export const storeWishSchema = z.object({
  store: z.string(),
  mode: z.enum(['synchronous', 'asynchronous']),
  lagThresholdMs: z.number().optional(),
});
export type StoreWish = z.infer<typeof storeWishSchema>;

export const replicationWishesSchema = z.object({
  stores: z.array(storeWishSchema),
  order: z.array(z.string()).describe('stores that are made first, in this order'),
});
export type ReplicationWishes = z.infer<typeof replicationWishesSchema>;

/** A database as seen from outside: what it says it is and how far behind. Unknown values are absent, not zero. */
export const databaseStatusSchema = z.object({
  region: regionIdSchema,
  store: z.string(),
  reachable: z.boolean(),
  role: z.enum(['primary', 'standby', 'unknown']),
  timeline: z.number().int().optional(),
  receivedLsn: z.string().optional(),
  replayedLsn: z.string().optional(),
  lagMs: z.number().optional().describe('age of the oldest transaction not yet replayed; 0 when all is replayed'),
  lagBytes: z.number().optional(),
  multiAz: z.boolean().optional().describe('a second copy in another zone of the region takes over by itself'),
  tls: z.boolean().optional().describe('the replication connection is encrypted'),
});
export type DatabaseStatus = z.infer<typeof databaseStatusSchema>;
