import { z } from 'zod';
import { regionIdSchema, regionRoleSchema } from './region';
import { quorumSchema, whenDegradedSchema } from './replication';
import { routingSchema } from './topology';

const subnetSchema = z.object({ zone: z.string(), cidr: z.string() });

const peeringSchema = z.object({
  region: regionIdSchema.describe('the region at the other end'),
  cidr: z.string().describe('the network at the other end'),
  side: z.enum(['requester', 'accepter']),
});

/** The network of one region: three tiers of subnets over its zones. */
export const networkSpecSchema = z.object({
  cidr: z.string(),
  publicSubnets: z.array(subnetSchema),
  privateSubnets: z.array(subnetSchema),
  dataSubnets: z.array(subnetSchema),
  natGateways: z.number().int().nonnegative(),
});
export type NetworkSpec = z.infer<typeof networkSpecSchema>;

export const serviceSpecSchema = z.object({
  name: z.string(),
  image: z.string(),
  port: z.number().int(),
  tasks: z.number().int(),
  cpu: z.number().int(),
  memoryMb: z.number().int(),
  public: z.boolean(),
  health: z.object({
    path: z.string(),
    intervalSeconds: z.number(),
    healthyAfter: z.number().int(),
    unhealthyAfter: z.number().int(),
  }),
  environment: z.record(z.string(), z.string()),
  secrets: z.array(z.object({ name: z.string(), from: z.string() })),
  uses: z.array(z.string()),
});
export type ServiceSpec = z.infer<typeof serviceSpecSchema>;

/**
 * What a database is for, as its template says it. `detached`: a change of roles left it without a part in replication
 * (a former primary, or a replica whose source is gone); it is kept as it is until it is rejoined.
 */
const databaseRoleSchema = z.enum(['primary', 'replica', 'detached']);

export const databaseSpecSchema = z.object({
  name: z.string(),
  engine: z.enum(['postgresql']),
  version: z.string(),
  role: databaseRoleSchema,
  sourceRegion: regionIdSchema.optional().describe('for a replica: the region whose database it follows'),
  copiedFrom: regionIdSchema
    .optional()
    .describe('made as a replica of the database there, follows it no more: it keeps what only a new instance takes'),
  instanceClass: z.string(),
  storageGb: z.number().int(),
  multiAz: z.boolean(),
  encrypted: z.boolean(),
  replication: z.enum(['asynchronous', 'synchronous']),
  quorum: quorumSchema
    .optional()
    .describe('synchronous: so many promotable standbys hold a write that is acknowledged'),
  whenDegraded: whenDegradedSchema.optional().describe('synchronous: while fewer of them answer'),
  promotable: z
    .boolean()
    .default(true)
    .describe('false: a copy to read from, neither elected nor counted in the quorum'),
  lagAlarmSeconds: z.number(),
});
export type DatabaseSpec = z.infer<typeof databaseSpecSchema>;

const globalStore = {
  name: z.string(),
  home: regionIdSchema.describe('the region whose data stack holds the table, or the bucket that all others copy'),
  regions: z.array(regionIdSchema).min(1).describe('every region that has a copy, the home included'),
  lagAlarmSeconds: z.number(),
};

/** A store that the cloud itself keeps in several regions; the home stays the same when the primary changes. */
export const globalStoreSpecSchema = z.discriminatedUnion('engine', [
  z.object({ engine: z.literal('dynamodb'), ...globalStore }),
  z.object({
    engine: z.literal('s3'),
    ...globalStore,
    writer: regionIdSchema.describe('the region whose bucket takes the writes'),
    copiesTo: z.array(regionIdSchema).describe('where the bucket of this region sends what it is given'),
  }),
]);
export type GlobalStoreSpec = z.infer<typeof globalStoreSpecSchema>;

/** The typed model of one region. Renderers make CloudFormation of it; the reader makes it of CloudFormation. */
export const regionSpecSchema = z.object({
  application: z.string(),
  environment: z.string(),
  region: regionIdSchema,
  role: regionRoleSchema,
  network: networkSpecSchema,
  services: z.array(serviceSpecSchema),
  tls: z.boolean().describe('the load balancer listens with TLS'),
  peerings: z.array(peeringSchema),
  databases: z.array(databaseSpecSchema),
  globalStores: z.array(globalStoreSpecSchema).default([]),
});
export type RegionSpec = z.infer<typeof regionSpecSchema>;

export const trafficRecordSchema = z.object({
  region: regionIdSchema,
  routing: routingSchema,
  failover: z.enum(['PRIMARY', 'SECONDARY']).optional(),
  weight: z.number().int().min(0).max(255).optional(),
  healthCheck: z.object({
    path: z.string(),
    intervalSeconds: z.number(),
    failureThreshold: z.number().int(),
  }),
});

/** Global routing of one hostname: which regions answer for it, under which policy and health checks. */
export const trafficSpecSchema = z.object({
  hostname: z.string(),
  records: z.array(trafficRecordSchema).min(1),
});
export type TrafficSpec = z.infer<typeof trafficSpecSchema>;
