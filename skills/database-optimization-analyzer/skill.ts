import { capability, describeCapability } from '../../catalog/capabilities';
import { regionRttMs } from '../../catalog/latency';
import type { ReplicationMode, ReplicationPlan, StoreReplication } from '../../contracts/replication';
import type { DataStoreRequest, DeploymentRequest } from '../../contracts/request';
import type { Topology } from '../../contracts/topology';
import { conflictSentence } from '../../policies/conflict-strategy';
import { replicationMode } from '../../policies/replication-mode';
import { lagThreshold } from './lag-threshold';

export interface PlanReplicationInput {
  request: DeploymentRequest;
  topology: Topology;
}

function noCapability(store: DataStoreRequest, { platform }: DeploymentRequest): ReplicationMode {
  return {
    kind: 'unsatisfiable',
    reason: `${store.engine} cannot be deployed on ${platform}`,
    alternatives: ['choose an engine that the capability table has for the platform'],
  };
}

/** What a commit waits for when it is synchronous: the nearest copy, and nothing where there is none. */
function writePenaltyMs(primary: string, replicas: readonly string[]): number {
  return replicas.length === 0 ? 0 : Math.min(...replicas.map((replica) => regionRttMs(primary, replica)));
}

function modeWords(mode: ReplicationMode, { recovery }: DeploymentRequest): string {
  switch (mode.kind) {
    case 'synchronous':
      return `synchronous: every commit waits ${mode.writePenaltyMs} ms for the nearest copy`;
    case 'asynchronous':
      return `accepted by name: asynchronous, up to ${mode.boundedRpoSeconds} s of writes may be lost with the primary; the drill must prove the rpo of ${recovery.rpoSeconds} s`;
    case 'unsatisfiable':
      return mode.reason;
  }
}

function consistencyChecks({ name, engine }: DataStoreRequest, primary: string, replicas: readonly string[]): string[] {
  if (replicas.length === 0) return [`${name}: one copy in ${primary}, nothing to compare`];
  if (engine === 'dynamodb') {
    return [
      `${name}: write a numbered item in ${primary}, read it in ${replicas.join(', ')}`,
      `${name}: ReplicationLatency towards ${replicas.join(', ')} stays under the threshold`,
    ];
  }
  if (engine === 's3') {
    return [
      `${name}: write a numbered object in ${primary}, read it in ${replicas.join(', ')}`,
      `${name}: ReplicationLatency towards ${replicas.join(', ')} stays under the threshold, and no replication failed`,
    ];
  }
  return [
    `${name}: write a numbered row in ${primary}, read it in ${replicas.join(', ')}`,
    `${name}: row count and digest of all rows agree in ${[primary, ...replicas].join(', ')}`,
    `${name}: replication connections are encrypted and the lag stays under the threshold`,
  ];
}

function planStore(store: DataStoreRequest, { request, topology }: PlanReplicationInput): StoreReplication {
  const { primary } = topology;
  const replicas =
    topology.mode === 'sharded'
      ? []
      : topology.regions.map(({ region }) => region).filter((region) => region !== primary);
  const row = capability(store.engine, request.platform);
  const { rpoSeconds, rtoSeconds } = request.recovery;
  const penalty = writePenaltyMs(primary, replicas);
  const mode = row
    ? replicationMode({ store, rpoSeconds, capability: row, writePenaltyMs: penalty })
    : noCapability(store, request);
  const farthestRttMs = Math.max(0, ...replicas.map((replica) => regionRttMs(primary, replica)));
  const threshold = lagThreshold({ rpoSeconds, rtoSeconds, farthestRttMs });
  const described = row ? describeCapability(row) : `${store.engine} on ${request.platform}: no row`;
  return {
    store: store.name,
    engine: store.engine,
    mode,
    primary,
    replicas,
    lagThresholdMs: threshold.ms,
    conflicts: conflictSentence(store, primary),
    consistencyChecks: consistencyChecks(store, primary, replicas),
    capability: `${described}; ${modeWords(mode, request)}; ${threshold.reason}`,
  };
}

/**
 * Skill database-optimization-analyzer: how each data store is replicated over a topology. What an engine cannot do on
 * the platform is `unsatisfiable` with alternatives, never quietly less. Primaries come first in `order`. Pure.
 */
export function planReplication(input: PlanReplicationInput): ReplicationPlan {
  const stores = input.request.dataStores.map((store) => planStore(store, input));
  const primaries = stores.map(({ store, primary }) => `${primary}/${store}`);
  const replicas = stores.flatMap(({ store, replicas: regions }) => regions.map((region) => `${region}/${store}`));
  return { stores, order: [...primaries, ...replicas] };
}
