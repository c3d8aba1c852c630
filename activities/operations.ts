import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactRef } from '../contracts/artifact';
import type { Automation, HandOver, Takeover } from '../contracts/failover';
import { type OperationReport, operationReportSchema } from '../contracts/operation-report';
import type { DeploymentRecord, FailoverRecord } from '../contracts/record';
import type { PlatformKind } from '../contracts/region';
import type { DatabaseStatus } from '../contracts/replication';
import type { DeploymentKey } from '../contracts/workflow-ids';
import type { DeploymentScope, StoreRef } from '../platforms/platform';
import type { ActivityDependencies } from './dependencies';
import { changeRecord, refuseOldEpoch } from './records';
import { withHeartbeat } from './support/call-context';
import { failure } from './support/failures';

interface OnPlatform {
  platform: PlatformKind;
}

/** Who takes the writes of one store, and how that is known. */
export interface Writer {
  store: string;
  /** absent: nobody, or nobody can tell */
  region?: string;
  /** of the lease; absent where the platform keeps none */
  epoch?: number;
}

/** What changed where writes go. `fenced` regions have to rejoin before they count again. */
export interface MoveInput extends DeploymentKey {
  expected: string;
  primary: string;
  fenced?: Array<{ region: string; epoch: number; why: string }>;
  /** failovers for the history; those it holds already are not added again */
  failovers?: FailoverRecord[];
  /** the platform is ahead of the record by its own acts: its epoch is adopted */
  adoptEpoch?: number;
  /** the move has not come to its end: where to, and by store where from; recordMoveEnded takes it away */
  moving?: { to: string; from: Record<string, string> };
}

const KEPT = 50;

/** Acts and questions of operations on what is live. */
export function createOperationActivities(deps: ActivityDependencies) {
  const data = (kind: PlatformKind) => deps.platform(kind).data;
  const change = changeRecord(deps.records);
  return {
    /** Who takes the writes of each store: the lease where there is one, else the one region whose database says so. */
    findWriters: (input: DeploymentScope & OnPlatform & { stores: Array<{ store: string; regions: string[] }> }) =>
      withHeartbeat(() =>
        Promise.all(input.stores.map(({ store, regions }) => findWriter(deps, { ...input, store, regions }))),
      ),

    /** Moves the primary as one act of the platform; done already is success. */
    handOver: (input: StoreRef & OnPlatform & { from: string; to: string; epoch: number }): Promise<HandOver> =>
      withHeartbeat((context) => data(input.platform).handOver(input, context)),

    /** What the platform did by itself since a time (ISO). */
    listTakeovers: (input: StoreRef & OnPlatform & { since: string }): Promise<Takeover[]> =>
      withHeartbeat(() => data(input.platform).takeovers(input)),

    /** Tells the platform who may take over, and whether that may happen without a person. */
    setAutomation: (input: StoreRef & OnPlatform & { chain: string[]; automation: Automation }): Promise<void> =>
      withHeartbeat(() => data(input.platform).setAutomation(input)),

    /**
     * Moves writes and primary traffic to a region; those in `drain` answer nobody. The record names them before the act,
     * so that whoever comes after a lost worker knows whom to return.
     */
    moveTraffic: (
      input: DeploymentScope & OnPlatform & { hostname: string; to: string; drain: string[]; epoch: number },
    ): Promise<void> =>
      withHeartbeat(async () => {
        await change(input, (found) => {
          refuseOldEpoch(found, input.epoch);
          return { ...found, drained: [...new Set([...found.drained, ...input.drain])] };
        });
        await deps.platform(input.platform).traffic.shift(input);
        await change(input, (found) => {
          refuseOldEpoch(found, input.epoch);
          return { ...found, drained: [...input.drain] };
        });
      }),

    /** Where writes go now, in one compare-and-set on the primary that is expected; repeating it is harmless. */
    recordMove: async (input: MoveInput): Promise<DeploymentRecord> =>
      change(input, (found) => moved(found, input, deps.now().toISOString())),

    /** The writes and the traffic are where they were to go, or nothing of them has moved. */
    recordMoveEnded: async (key: DeploymentKey): Promise<DeploymentRecord> =>
      change(key, (found) => {
        const { moving, ...ended } = found;
        return moving ? ended : found;
      }),

    /** A region that was fenced is a standby again. */
    recordRejoined: async (input: DeploymentKey & { region: string }): Promise<DeploymentRecord> =>
      change(input, (found) => ({ ...found, fenced: found.fenced?.filter(({ region }) => region !== input.region) })),

    /** Files the report of an operation: as an artifact, as a file for people, and in the record. */
    fileOperation: async (input: { report: OperationReport }): Promise<ArtifactRef> => {
      const report = operationReportSchema.parse(input.report);
      const { application, environment, generation, kind, outcome, failure: why, summary, endedAt, workflow } = report;
      const text = `${JSON.stringify(report, undefined, 2)}\n`;
      const folder = path.join(deps.reportDirectory, application, environment, String(generation));
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, 'operation.json');
      await writeFile(file, text);
      const stored = { ...(await deps.artifacts.put(text, 'json')), uri: pathToFileURL(file).href };
      const failed = why && { failure: why.type };
      const entry = { workflowId: workflow.id, kind, outcome, ...failed, summary, endedAt, report: stored };
      await change({ application, environment }, (found) => ({
        ...found,
        operations: [...(found.operations ?? []).filter((one) => one.workflowId !== workflow.id), entry].slice(-KEPT),
      }));
      return stored;
    },
  };
}

async function findWriter(
  deps: ActivityDependencies,
  input: StoreRef & OnPlatform & { regions: string[] },
): Promise<Writer> {
  const { data } = deps.platform(input.platform);
  const { store } = input;
  const lease = await data.lease(input);
  if (lease) return { store, epoch: lease.epoch, ...(lease.holder && { region: lease.holder }) };
  const statuses = await Promise.all(input.regions.map((region) => data.status({ ...input, region })));
  const writers = statuses.filter(isWriter);
  // Two that say so, or none that can be seen, is no answer.
  return { store, ...(writers.length === 1 && writers[0] && { region: writers[0].region }) };
}

function isWriter({ reachable, role }: DatabaseStatus): boolean {
  return reachable && role === 'primary';
}

function moved(found: DeploymentRecord, input: MoveInput, since: string): DeploymentRecord {
  const { expected, primary, fenced = [], failovers = [], adoptEpoch = 0, moving } = input;
  if (found.primary !== primary && found.primary !== expected) {
    throw failure(
      'Record.Conflict',
      `the primary of ${input.application}/${input.environment} is ${found.primary ?? 'not set'}, expected ${expected}`,
    );
  }
  const known = found.failovers ?? [];
  const isKnown = (one: FailoverRecord) => known.some(({ store, epoch }) => store === one.store && epoch === one.epoch);
  const others = (found.fenced ?? []).filter(
    ({ region }) => region !== primary && !fenced.some((one) => one.region === region),
  );
  return {
    ...found,
    primary,
    epoch: Math.max(found.epoch, adoptEpoch),
    fenced: [...others, ...fenced.map((one) => ({ ...one, since }))],
    failovers: [...known, ...failovers.filter((one) => !isKnown(one))].slice(-KEPT),
    ...(moving && { moving: { ...moving, since } }),
  };
}
