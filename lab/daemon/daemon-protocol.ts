import { z } from 'zod';
import { type Backup, type BackupChain, type RestoreReport, recoveryTargetSchema } from '../../contracts/backup';
import { automationSchema, type HandOver, type LeaseStatus, type Takeover } from '../../contracts/failover';
import { regionIdSchema } from '../../contracts/region';
import type { DatabaseStatus, Rejoined } from '../../contracts/replication';
import {
  type PlannedChange,
  plannedChangeSchema,
  type StackDescription,
  type StackDrift,
  stackKindSchema,
  stackRefSchema,
} from '../../contracts/stack';
import { type FenceReceipt, fenceReceiptSchema } from '../../contracts/validation';
import type { EdgeAlarm, EdgeHealth } from '../network/network-port';
import type { ServiceStatus } from '../region/region-protocol';

const scope = { account: z.string(), application: z.string(), environment: z.string() };
const store = { ...scope, store: z.string() };
const inRegion = { region: regionIdSchema };
const epoch = { epoch: z.number().int().nonnegative() };

/** Becomes a folder, and the name of a place in the log. */
const backupId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,61}$/, 'must be 1 to 62 lower-case letters, digits or dashes');

const changeSchema = z.object({
  ref: stackRefSchema,
  template: z.string(),
  parameters: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
});

const faultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('kill-region'), region: regionIdSchema }),
  z.object({ kind: z.literal('freeze-region'), region: regionIdSchema }),
  z.object({ kind: z.literal('cut-region'), region: regionIdSchema }),
  z.object({
    kind: z.literal('kill-database'),
    region: regionIdSchema,
    store: z.string(),
    comesBack: z.boolean(),
  }),
  z.object({ kind: z.literal('cut-link'), from: regionIdSchema, to: regionIdSchema }),
  z.object({ kind: z.literal('slow-link'), from: regionIdSchema, to: regionIdSchema, factor: z.number().positive() }),
]);
export type LabFault = z.infer<typeof faultSchema>;

/** Faults that wait in a lab for tests and demonstrations: they strike when their moment comes. */
export const plantedFaultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('refuse-apply'), region: regionIdSchema, stack: stackKindSchema }),
  z.object({ kind: z.literal('pause-replay'), region: regionIdSchema }),
]);
export type PlantedFault = z.infer<typeof plantedFaultSchema>;

/** Every operation of the daemon with the shape of its input. The HTTP call is `POST /<name>`, JSON in and out. */
export const operationInputs = {
  'stacks.describe': z.object({ ref: stackRefSchema }),
  'stacks.template': z.object({ ref: stackRefSchema }),
  'stacks.plan': changeSchema,
  'stacks.drift': z.object({ ref: stackRefSchema }),
  'stacks.apply': changeSchema.extend({ token: z.string().min(1), approved: plannedChangeSchema.array().optional() }),
  'stacks.destroy': z.object({
    ref: stackRefSchema,
    token: z.string().min(1),
    onlyGeneration: z.number().int().optional(),
  }),
  'stacks.list': z.object(scope),
  'data.status': z.object({ ...store, ...inRegion }),
  'data.fence': z.object({ ...store, ...inRegion, ...epoch }),
  'data.promote': z.object({
    ...{ ...store, ...inRegion, ...epoch },
    expectedPrimary: regionIdSchema,
    riskAccepted: fenceReceiptSchema.optional(),
  }),
  'data.rejoin': z.object({ ...store, ...inRegion, ...epoch, asPrimary: z.boolean().optional() }),
  'data.handOver': z.object({ ...store, from: regionIdSchema, to: regionIdSchema, ...epoch }),
  'data.lease': z.object(store),
  'data.takeovers': z.object({ ...store, since: z.string() }),
  'data.automate': z.object({ ...store, chain: z.array(regionIdSchema), automation: automationSchema }),
  'data.compare': z.object({ ...store, regions: z.array(regionIdSchema).min(1) }),
  'data.connection': z.object({ ...store, ...inRegion }),
  'data.stores': z.object(scope),
  'backups.take': z.object({ ...store, id: backupId }),
  'backups.list': z.object(store),
  'backups.prove': z.object({ ...store, id: backupId }),
  'backups.choose': z.object({ ...store, ...inRegion, backup: backupId.optional(), target: recoveryTargetSchema }),
  'backups.restore': z.object({
    ...store,
    ...inRegion,
    ...epoch,
    backup: backupId.optional(),
    target: recoveryTargetSchema,
  }),
  'backups.prune': z.object({ ...store, keep: z.number().int().min(1), keepForMs: z.number().nonnegative() }),
  'traffic.resolve': z.object({ hostname: z.string() }),
  'traffic.health': z.object({ hostname: z.string() }),
  'traffic.shift': z.object({
    ...scope,
    hostname: z.string(),
    to: regionIdSchema,
    drain: z.array(regionIdSchema),
    ...epoch,
  }),
  'traffic.drain': z.object({ ...scope, hostname: z.string(), regions: z.array(regionIdSchema), ...epoch }),
  'traffic.alarms': z.object({ ...scope, since: z.string() }),
  'regions.status': z.object({ ...scope, ...inRegion, path: z.string().startsWith('/').optional() }),
  'faults.inject': z.object({
    ...scope,
    id: z.string().min(1),
    fault: faultSchema,
    undoAfterMs: z.number().int().positive().optional(),
  }),
  'faults.undo': z.object({ ...scope, id: z.string().min(1) }),
  'faults.plant': plantedFaultSchema,
  edge: z.object({}),
  status: z.object({}),
  shutdown: z.object({}),
} as const;

export type OperationName = keyof typeof operationInputs;
export type OperationInput<N extends OperationName> = z.infer<(typeof operationInputs)[N]>;

export interface OperationResults {
  'stacks.describe': StackDescription;
  'stacks.template': { template?: string };
  'stacks.plan': PlannedChange[];
  'stacks.drift': StackDrift;
  'stacks.apply': StackDescription;
  'stacks.destroy': Record<string, never>;
  'stacks.list': StackDescription[];
  'data.status': DatabaseStatus;
  'data.fence': FenceReceipt;
  'data.promote': DatabaseStatus;
  'data.rejoin': Rejoined;
  'data.handOver': HandOver;
  'data.lease': { lease?: LeaseStatus };
  'data.takeovers': Takeover[];
  'data.automate': Record<string, never>;
  'data.compare': Comparison;
  'data.connection': DatabaseConnection;
  'data.stores': StoreOverview[];
  'backups.take': Backup;
  'backups.list': BackupChain;
  'backups.prove': Backup;
  'backups.choose': Backup;
  'backups.restore': RestoreReport;
  'backups.prune': { backups: string[]; segments: number };
  'traffic.resolve': { regions: string[] };
  'traffic.health': EdgeHealth[];
  'traffic.shift': Record<string, never>;
  'traffic.drain': Record<string, never>;
  'traffic.alarms': EdgeAlarm[];
  'regions.status': RegionStatus;
  'faults.inject': { at: string };
  'faults.undo': Record<string, never>;
  'faults.plant': Record<string, never>;
  edge: EdgeOverview;
  status: LabStatus;
  shutdown: Record<string, never>;
}

export interface Comparison {
  consistent: boolean;
  regions: Array<{ region: string; rows: number; digest: string }>;
}

/** How to reach the database of one region directly, as the application's user. TLS is required. */
export interface DatabaseConnection {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** PEM of the lab's certificate authority */
  caCertificate: string;
}

export interface StoreOverview {
  store: string;
  primary?: string;
  regions: string[];
  epoch: number;
}

/** `up: false`: the load balancer of the region does not answer; every service then counts no healthy task. */
export interface RegionStatus {
  region: string;
  up: boolean;
  loadBalancerPort: number;
  services: ServiceStatus[];
}

export interface EdgeOverview {
  /** TLS port on loopback */
  port: number;
  /** PEM of the lab's certificate authority */
  caCertificate: string;
}

export interface LabStatus {
  home: string;
  daemonPid: number;
  processes: Array<{ pid: number; what: string; rssMb?: number; pssMb?: number }>;
  rssMb: number;
  pssMb?: number;
  ports: number[];
  stacks: Array<{ region: string; name: string; kind: string; status: string }>;
  faults: string[];
}
