import { capability, describeCapability } from '../../catalog/capabilities';
import type {
  ReplicationMode,
  ReplicationPlan,
  ReplicationWishes,
  StoreReplication,
  StoreWish,
} from '../../contracts/replication';
import type { DataStoreRequest, DeploymentRequest } from '../../contracts/request';
import type { Topology } from '../../contracts/topology';
import { conflictSentence } from '../../policies/conflict-strategy';
import type { LagThreshold } from '../../policies/lag-threshold';
import {
  type ReplicationQuestion,
  type StoreQuestion,
  sameMode,
  storeQuestion,
} from '../../policies/replication-options';
import { replicationWords } from '../../policies/replication-words';

export interface PlanReplicationInput {
  request: DeploymentRequest;
  topology: Topology;
  /** what was chosen by judgement; what rules do not allow of it is not followed */
  wishes?: ReplicationWishes;
}

/** A recovery point that only a drill can prove is accepted by name. */
function acceptedWords({ mode, replicas }: Pick<StoreReplication, 'mode' | 'replicas'>, rpoSeconds: number): string[] {
  const proof = `the drill must prove the rpo of ${rpoSeconds} s`;
  return mode.kind === 'asynchronous' && replicas.length > 0 ? [`accepted by name; ${proof}`] : [];
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

function planStore(store: DataStoreRequest, input: PlanReplicationInput): StoreReplication {
  const { request, topology, wishes } = input;
  const { primary } = topology;
  const question = storeQuestion(store, input);
  const wish = wishes?.stores.find((one) => one.store === store.name);
  const mode = modeOf(question, wish);
  const threshold = thresholdOf(question, wish);
  const row = capability(store.engine, request.platform);
  const described = row ? describeCapability(row) : `${store.engine} on ${request.platform}: no row`;
  const placed = { mode, primary, replicas: question.replicas, readers: question.readers };
  const words = [...replicationWords(placed), ...acceptedWords(placed, request.recovery.rpoSeconds)];
  return {
    store: store.name,
    engine: store.engine,
    ...placed,
    lagThresholdMs: threshold.ms,
    conflicts: conflictSentence(store, primary),
    consistencyChecks: consistencyChecks(store, primary, placed.replicas),
    capability: `${[described, ...words, threshold.reason].join('; ')}`,
  };
}

/** A wish that is blocked or unknown is not followed: rules stand, whoever asks. */
function modeOf({ mode, options }: StoreQuestion, wish: StoreWish | undefined): ReplicationMode {
  if (!wish) return mode;
  const wished = { ...wish, kind: wish.mode };
  return options.find((option) => sameMode(option.mode, wished) && !option.blocked)?.mode ?? mode;
}

function thresholdOf({ lag }: StoreQuestion, wish: StoreWish | undefined): LagThreshold {
  const ms = wish?.lagThresholdMs;
  if (ms === undefined || ms === lag.ms || ms < lag.least || ms > lag.most) return lag;
  return { ms, reason: `lag threshold ${ms} ms: chosen between ${lag.least} and ${lag.most} ms` };
}

/** What may be decided about every store by judgement, in the order of the request. Pure. */
export function replicationQuestions({ request, topology }: ReplicationQuestion): StoreQuestion[] {
  return request.dataStores.map((store) => storeQuestion(store, { request, topology }));
}

/**
 * Skill database-optimization-analyzer: how each data store is replicated over a topology. What an engine cannot do on
 * the platform is `unsatisfiable` with alternatives, never quietly less. Primaries come first in `order`. Pure.
 */
export function planReplication(input: PlanReplicationInput): ReplicationPlan {
  const stores = input.request.dataStores.map((store) => planStore(store, input));
  const ordered = inOrder(stores, input.wishes?.order ?? []);
  const primaries = ordered.map(({ store, primary }) => `${primary}/${store}`);
  const replicas = ordered.flatMap(({ store, replicas: regions }) => regions.map((region) => `${region}/${store}`));
  return { stores, order: [...primaries, ...replicas] };
}

/** Stores that are named come first, the others as they were asked for. */
function inOrder(stores: readonly StoreReplication[], order: readonly string[]): StoreReplication[] {
  const rank = (store: string) => (order.includes(store) ? order.indexOf(store) : order.length);
  return [...stores].sort((a, b) => rank(a.store) - rank(b.store));
}
