import { type Capability, capability } from '../catalog/capabilities';
import { regionRttMs } from '../catalog/latency';
import type { ReplicationMode, WhenDegraded } from '../contracts/replication';
import type { DataStoreRequest, DeploymentRequest } from '../contracts/request';
import type { Topology } from '../contracts/topology';
import { type LagThreshold, lagRange, lagThreshold } from './lag-threshold';
import { replicationMode, synchronousMode } from './replication-mode';
import { openWhenDegraded } from './when-degraded';

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
  /** of these, the copies that are only read: never promoted, not counted in a quorum */
  readers: string[];
  /** what rules say */
  mode: ReplicationMode;
  /** the rules' choice first; empty when it is unsatisfiable */
  options: ReplicationOption[];
  /** the rules' threshold, and the range */
  lag: LagThreshold & { least: number; most: number };
}

export interface ReplicationQuestion {
  request: DeploymentRequest;
  topology: Pick<Topology, 'primary' | 'mode'> & {
    regions: ReadonlyArray<Pick<Topology['regions'][number], 'region' | 'role'>>;
  };
}

/** So many standbys are offered to wait for: a third one adds distance and hardly any safety. A request may name more. */
const QUORUMS_OFFERED = [1, 2];

/** What can be decided about a store, from RPO, engine and distance (seed 004 step 3; `replicationMode` is the rule). */
export function storeQuestion(store: DataStoreRequest, { request, topology }: ReplicationQuestion): StoreQuestion {
  const { primary } = topology;
  const { rpoSeconds, rtoSeconds } = request.recovery;
  const copies = topology.mode === 'sharded' ? [] : topology.regions.filter(({ region }) => region !== primary);
  const replicas = copies.map(({ region }) => region);
  const readers = copies.filter(({ role }) => role === 'replica').map(({ region }) => region);
  const rttsMs = (regions: readonly string[]) => regions.map((region) => regionRttMs(primary, region));
  const distance = { rpoSeconds, rtoSeconds, farthestRttMs: Math.max(0, ...rttsMs(replicas)) };
  const lag = { ...lagThreshold(distance), ...lagRange(distance) };
  const row = capability(store.engine, request.platform);
  const standbyRttsMs = rttsMs(replicas.filter((region) => !readers.includes(region)));
  const mode = row
    ? replicationMode({ store, rpoSeconds, capability: row, standbyRttsMs })
    : noCapability(store, request);
  const options =
    row && mode.kind !== 'unsatisfiable' ? optionsOf(mode, { store, request, capability: row, standbyRttsMs }) : [];
  return { store: store.name, replicas, readers, mode, options, lag };
}

interface OptionsQuestion {
  store: DataStoreRequest;
  request: DeploymentRequest;
  capability: Capability;
  standbyRttsMs: readonly number[];
}

/** The rules' choice, then the other ways with what stands against each: nothing, only where the request leaves it open. */
function optionsOf(chosen: ReplicationOption['mode'], question: OptionsQuestion): ReplicationOption[] {
  const others = [...waitingOptions(question), asynchronousOption(chosen, question)];
  return [{ mode: chosen }, ...others.filter(({ mode }) => !sameMode(mode, chosen))];
}

/** Whether two ways to replicate are the same but for what they cost. */
export function sameMode(a: ReplicationWay, b: ReplicationWay): boolean {
  return a.kind === b.kind && a.quorum === b.quorum && a.whenDegraded === b.whenDegraded;
}

interface ReplicationWay {
  kind: ReplicationMode['kind'];
  quorum?: number | undefined;
  whenDegraded?: WhenDegraded | undefined;
}

function waitingOptions({ store, request, capability: row, standbyRttsMs }: OptionsQuestion): ReplicationOption[] {
  const standbys = standbyRttsMs.length;
  if (standbys === 0) return [];
  const barred = row.synchronous
    ? store.replication === 'asynchronous' && 'asynchronous asked for'
    : 'engine has none across regions';
  if (barred) {
    return [{ mode: synchronousMode(standbyRttsMs, { quorum: 1, whenDegraded: 'continue' }), blocked: barred }];
  }
  const { rpoSeconds } = request.recovery;
  const quorums = store.quorum ? [store.quorum] : QUORUMS_OFFERED.filter((quorum) => quorum <= standbys);
  const ways = quorums.flatMap((quorum) =>
    openWhenDegraded({ store, rpoSeconds, quorum, standbys }).map((whenDegraded) => ({ quorum, whenDegraded })),
  );
  const { of, underMs } = request.latency;
  return ways.map((way) => {
    const mode = synchronousMode(standbyRttsMs, way);
    return of === 'write' && mode.writePenaltyMs > underMs ? { mode, blocked: 'write sla' } : { mode };
  });
}

function asynchronousOption(
  chosen: ReplicationOption['mode'],
  { store, capability: { leastRpoSeconds } }: OptionsQuestion,
): ReplicationOption {
  const mode: ReplicationOption['mode'] = { kind: 'asynchronous', boundedRpoSeconds: leastRpoSeconds };
  if (chosen.kind === 'asynchronous') return { mode };
  return { mode, blocked: store.replication === 'synchronous' ? 'not asked for' : 'rpo' };
}

function noCapability({ engine }: DataStoreRequest, { platform }: DeploymentRequest): ReplicationMode {
  return {
    kind: 'unsatisfiable',
    reason: `${engine} cannot be deployed on ${platform}`,
    alternatives: ['choose an engine that the capability table has for the platform'],
  };
}
