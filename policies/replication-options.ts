import { capability } from '../catalog/capabilities';
import { regionRttMs } from '../catalog/latency';
import type { ReplicationMode } from '../contracts/replication';
import type { DataStoreRequest, DeploymentRequest } from '../contracts/request';
import type { Topology } from '../contracts/topology';
import { type LagThreshold, lagRange, lagThreshold } from './lag-threshold';
import { replicationMode } from './replication-mode';

/** One way to replicate a store. `blocked` says why it may not be chosen. */
export interface ReplicationOption {
  mode: Extract<ReplicationMode, { kind: 'synchronous' | 'asynchronous' }>;
  blocked?: string;
}

/** A store with the ways it may be replicated, and within what its alarm for lag may be set (ms). */
export interface StoreQuestion {
  store: string;
  /** where copies are kept */
  replicas: string[];
  /** what rules say */
  mode: ReplicationMode;
  /** the rules' choice first; empty when it is unsatisfiable */
  options: ReplicationOption[];
  /** the rules' threshold, and the range */
  lag: LagThreshold & { least: number; most: number };
}

export interface ReplicationQuestion {
  request: DeploymentRequest;
  topology: Pick<Topology, 'primary' | 'mode' | 'regions'>;
}

/** What can be decided about a store, from RPO, engine and distance (seed 004 step 3; `replicationMode` is the rule). */
export function storeQuestion(store: DataStoreRequest, { request, topology }: ReplicationQuestion): StoreQuestion {
  const { primary } = topology;
  const { rpoSeconds, rtoSeconds } = request.recovery;
  const replicas =
    topology.mode === 'sharded'
      ? []
      : topology.regions.map(({ region }) => region).filter((region) => region !== primary);
  const distances = replicas.map((replica) => regionRttMs(primary, replica));
  // What a commit waits for when it is synchronous: the nearest copy, and nothing where there is none.
  const writePenaltyMs = distances.length === 0 ? 0 : Math.min(...distances);
  const distance = { rpoSeconds, rtoSeconds, farthestRttMs: Math.max(0, ...distances) };
  const question = { store: store.name, replicas, lag: { ...lagThreshold(distance), ...lagRange(distance) } };
  const row = capability(store.engine, request.platform);
  const mode = row
    ? replicationMode({ store, rpoSeconds, capability: row, writePenaltyMs })
    : noCapability(store, request);
  if (mode.kind === 'unsatisfiable') return { ...question, mode, options: [] };
  return { ...question, mode, options: [{ mode }, other(mode.kind)] };

  /** The other way, with what stands against it: nothing, only where the request leaves it open. */
  function other(chosen: ReplicationOption['mode']['kind']): ReplicationOption {
    if (chosen === 'synchronous') {
      const loses: ReplicationOption['mode'] = { kind: 'asynchronous', boundedRpoSeconds: row?.leastRpoSeconds ?? 0 };
      return { mode: loses, blocked: store.replication === 'synchronous' ? 'not asked for' : 'rpo' };
    }
    const waits: ReplicationOption['mode'] = { kind: 'synchronous', writePenaltyMs };
    if (!row?.synchronous) return { mode: waits, blocked: 'engine has none across regions' };
    if (store.replication === 'asynchronous') return { mode: waits, blocked: 'asynchronous asked for' };
    const { of, underMs } = request.latency;
    if (of === 'write' && writePenaltyMs > underMs) return { mode: waits, blocked: 'write sla' };
    return { mode: waits };
  }
}

function noCapability({ engine }: DataStoreRequest, { platform }: DeploymentRequest): ReplicationMode {
  return {
    kind: 'unsatisfiable',
    reason: `${engine} cannot be deployed on ${platform}`,
    alternatives: ['choose an engine that the capability table has for the platform'],
  };
}
