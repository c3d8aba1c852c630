import { z } from 'zod';
import { regionIdSchema } from './region';

/**
 * What a synchronous store does while fewer standbys than its quorum answer. `block`: writes wait, none is acknowledged
 * on the primary alone. `continue`: writes are acknowledged alone, and lost with the primary.
 */
export const whenDegradedSchema = z.enum(['block', 'continue']);
export type WhenDegraded = z.infer<typeof whenDegradedSchema>;

/** How many standbys must hold a write before it is acknowledged: PostgreSQL's `ANY quorum (standbys)`. */
export const quorumSchema = z.number().int().min(1).max(30);

/** What the capability table allows for one data store, decided by rules from RPO, consistency and engine. */
export const replicationModeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('synchronous'),
    writePenaltyMs: z.number().describe('what a commit waits for: the round trip to the quorum-th nearest standby'),
    quorum: quorumSchema,
    whenDegraded: whenDegradedSchema,
  }),
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
  replicas: z.array(regionIdSchema).describe('every region that holds a copy'),
  readers: z
    .array(regionIdSchema)
    .default([])
    .describe('of the replicas, those that are only read: never promoted, not counted in the quorum'),
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
  quorum: quorumSchema.optional(),
  whenDegraded: whenDegradedSchema.optional(),
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

/** One row that an old primary held and the others do not, or hold otherwise. Absent values: the row is missing there. */
export const divergentRowSchema = z.object({
  table: z.string(),
  key: z.string().describe('the primary key, JSON'),
  old: z.record(z.string(), z.unknown()).optional().describe('the row as the old primary had it'),
  present: z.record(z.string(), z.unknown()).optional().describe('the row as the present primary has it'),
});
export type DivergentRow = z.infer<typeof divergentRowSchema>;

/** A database that has come back as a standby, and what of its old data the present primary does not hold. */
export const rejoinedSchema = databaseStatusSchema.extend({
  divergence: z
    .object({
      rows: z.array(divergentRowSchema),
      kept: z.string().describe('where the platform keeps the old data, in its own words'),
      complete: z.boolean().describe('false: there are more rows than are listed, or some could not be compared'),
    })
    .optional()
    .describe('absent: the platform did not compare; without rows: it compared and nothing differs'),
});
export type Rejoined = z.infer<typeof rejoinedSchema>;
export type Divergence = NonNullable<Rejoined['divergence']>;
