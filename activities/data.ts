import type { ArtifactRef } from '../contracts/artifact';
import { READY_PATH } from '../contracts/probe-contract';
import type { PlatformKind } from '../contracts/region';
import type { DatabaseStatus } from '../contracts/replication';
import type { FenceReceipt } from '../contracts/validation';
import type { CallContext, DeploymentScope, StoreRef } from '../platforms/platform';
import { PlatformError } from '../platforms/platform-error';
import { allHealthy, sickness } from '../policies/health';
import type { ActivityDependencies } from './dependencies';
import { withHeartbeat } from './support/call-context';
import { failure } from './support/failures';
import { pollUntil } from './support/poll-until';

interface OnPlatform {
  platform: PlatformKind;
}

/** Some regions of one store. */
export interface StandbysInput extends StoreRef, OnPlatform {
  regions: string[];
  lagThresholdMs: number;
  timeoutMs: number;
}

/** A database that is a standby again, and what of its old data the others do not hold; absent: nobody compared. */
export interface RejoinResult {
  status: DatabaseStatus;
  divergence?: { rows: number; kept: string; complete: boolean; artifact?: ArtifactRef };
}

/** Acts on and questions to the databases of a deployment. */
export function createDataActivities(deps: ActivityDependencies) {
  const data = (kind: PlatformKind) => deps.platform(kind).data;
  return {
    /** How the databases of a store are, in the order of `regions`. */
    databaseStatuses: (input: StoreRef & OnPlatform & { regions: string[] }): Promise<DatabaseStatus[]> =>
      Promise.all(input.regions.map((region) => data(input.platform).status({ ...input, region }))),

    /** Waits until standbys replicate with a lag under the threshold; `Replication.Lagging` after the time-out. */
    awaitReplication: (input: StandbysInput): Promise<DatabaseStatus[]> =>
      withHeartbeat((context) =>
        Promise.all(input.regions.map((region) => awaitReplication(deps, { ...input, region }, context))),
      ),

    /** Waits until every task of some regions answers that it can serve, databases included. */
    awaitReady: (input: DeploymentScope & OnPlatform & { regions: string[]; timeoutMs: number }): Promise<void> =>
      withHeartbeat(async (context) => {
        await Promise.all(input.regions.map((region) => awaitReady(deps, { ...input, region }, context)));
      }),

    fenceDatabase: (input: StoreRef & OnPlatform & { region: string; epoch: number }): Promise<FenceReceipt> =>
      withHeartbeat((context) => data(input.platform).fence(input, context)),

    promoteDatabase: (
      input: StoreRef &
        OnPlatform & { region: string; expectedPrimary: string; epoch: number; riskAccepted?: FenceReceipt },
    ): Promise<DatabaseStatus> => withHeartbeat((context) => data(input.platform).promote(input, context)),

    /** What of the old data differs is kept as an artifact, one row a line. */
    rejoinDatabase: (
      input: StoreRef & OnPlatform & { region: string; epoch: number; asPrimary?: boolean },
    ): Promise<RejoinResult> =>
      withHeartbeat(async (context) => {
        const { divergence, ...status } = await data(input.platform).rejoin(input, context);
        if (!divergence) return { status };
        const { rows, kept, complete } = divergence;
        const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
        const artifact = rows.length > 0 ? await deps.artifacts.put(lines, 'ndjson') : undefined;
        return { status, divergence: { rows: rows.length, kept, complete, ...(artifact && { artifact }) } };
      }),

    /** `Replication.Inconsistent` unless all databases of the store come to hold the same rows within the time-out. */
    compareDatabases: async (input: StoreRef & OnPlatform & { regions: string[]; timeoutMs: number }) => {
      const ask = () => data(input.platform).compare(input);
      const compared = await withHeartbeat((context) =>
        pollUntil({ ask, enough: ({ consistent }) => consistent, timeoutMs: input.timeoutMs, context }),
      );
      if (compared.enough) return compared.last;
      const states = await Promise.all(
        input.regions.map((region) => data(input.platform).status({ ...input, region })),
      );
      const rows = compared.last.regions.map(({ region, rows: count, digest }) => {
        const state = states.find((one) => one.region === region);
        const where = `${state?.role} on timeline ${state?.timeline ?? '?'} at ${state?.replayedLsn ?? '?'}`;
        return `${region}: ${count} rows, ${digest.slice(0, 12)}, ${where}`;
      });
      throw failure('Replication.Inconsistent', `the databases of ${input.store} differ (${rows.join('; ')})`, {
        resource: input.store,
      });
    },
  };
}

async function awaitReady(
  deps: ActivityDependencies,
  input: DeploymentScope & OnPlatform & { region: string; timeoutMs: number },
  context: CallContext,
): Promise<void> {
  const { probes } = deps.platform(input.platform);
  const ask = () => probes.region({ ...input, path: READY_PATH });
  const ready = await pollUntil({ ask, enough: allHealthy, timeoutMs: input.timeoutMs, context });
  if (ready.enough) return;
  const { service, detail } = sickness(ready.last);
  throw failure('Region.Unhealthy', `${service ?? 'the application'} in ${input.region} is not ready: ${detail}`, {
    region: input.region,
    ...(service && { resource: service }),
  });
}

async function awaitReplication(
  deps: ActivityDependencies,
  input: Omit<StandbysInput, 'regions'> & { region: string },
  context: CallContext,
): Promise<DatabaseStatus> {
  const { data } = deps.platform(input.platform);
  const isClose = (status: DatabaseStatus) =>
    status.role === 'standby' && status.lagMs !== undefined && status.lagMs <= input.lagThresholdMs;
  const seen = await pollUntil({ ask: () => data.status(input), enough: isClose, timeoutMs: input.timeoutMs, context });
  if (seen.enough) return seen.last;
  const { reachable, role, lagMs, lagBytes } = seen.last;
  if (!reachable) {
    throw new PlatformError('Platform.Unavailable', `the database of ${input.region} does not answer`, {
      retryable: false,
      region: input.region,
      resource: input.store,
    });
  }
  const lag = lagMs === undefined ? 'an unknown lag' : `a lag of ${Math.round(lagMs)} ms (${lagBytes ?? '?'} bytes)`;
  throw failure(
    'Replication.Lagging',
    `${input.store} in ${input.region} (${role}) has ${lag} after ${input.timeoutMs} ms; the threshold is ${input.lagThresholdMs} ms`,
    { region: input.region, resource: input.store },
  );
}
