import type { ArtifactRef } from '../contracts/artifact';
import type { Takeover } from '../contracts/failover';
import { LIVE_PATH } from '../contracts/probe-contract';
import type { PlatformKind } from '../contracts/region';
import type { CallContext, DeploymentScope, Fault, WriterHandle } from '../platforms/platform';
import { longestPauseMs } from '../policies/drills/longest-pause';
import { allHealthy } from '../policies/health';
import { type FaultTimes, firstAcknowledgedMs, type WriteLoss, writeLoss } from '../policies/write-loss';
import type { ActivityDependencies } from './dependencies';
import { withHeartbeat } from './support/call-context';
import { failure } from './support/failures';
import { pause, pollUntil } from './support/poll-until';

interface OnPlatform {
  platform: PlatformKind;
}

interface WriterTimes {
  writer: WriterHandle;
  /** ISO times of the fault and of the fence receipt */
  faultAt: string;
  fencedAt: string;
}

/** Seed 003, failover triggers: three consecutive failures of the primary region mean immediate failover. */
const FAILURES_TO_DETECT = 3;
/** Fits the 15 s tier of seed 003 with room: three failures a second apart. */
const DETECTION_INTERVAL_MS = 1_000;

/** The acts of a failover drill. Faults are undone by the workflow even when it is cancelled. */
export function createDrillActivities(deps: ActivityDependencies) {
  const { now } = deps;
  return {
    startWriter: (
      input: DeploymentScope & OnPlatform & { hostname: string; id: string; writesPerSecond: number },
    ): Promise<WriterHandle> => withHeartbeat(() => deps.platform(input.platform).probes.startWriter(input)),

    injectFault: (
      input: DeploymentScope & OnPlatform & { id: string; fault: Fault; undoAfterMs?: number },
    ): Promise<{ at: string }> => withHeartbeat(() => deps.platform(input.platform).faults.inject(input)),

    undoFault: (input: DeploymentScope & OnPlatform & { id: string }): Promise<void> =>
      withHeartbeat((context) => deps.platform(input.platform).faults.undo(input, context)),

    /** Whether the platform itself replaces a primary that falls silent: it keeps leases, and may act without a person. */
    failsOverByItself: (input: DeploymentScope & OnPlatform & { stores: string[] }): Promise<boolean> =>
      withHeartbeat(async () => {
        const { data } = deps.platform(input.platform);
        const leases = await Promise.all(input.stores.map((store) => data.lease({ ...input, store })));
        return leases.length > 0 && leases.every((lease) => lease?.automation === 'automatic');
      }),

    /** Waits until the platform has replaced the primary of every store; one takeover for each. */
    awaitTakeovers: (
      input: DeploymentScope & OnPlatform & { stores: string[]; region: string; since: string; timeoutMs: number },
    ): Promise<Takeover[]> =>
      withHeartbeat(async (context) => {
        const { stores, region, since, timeoutMs } = input;
        const { data } = deps.platform(input.platform);
        const seen = await pollUntil({
          ask: async () => {
            const asked = stores.map((store) => data.takeovers({ ...input, store, since }));
            return (await Promise.all(asked)).flatMap((found) => found.findLast(({ to }) => to !== region) ?? []);
          },
          enough: (takeovers) => takeovers.length === stores.length,
          timeoutMs,
          context,
          intervalMs: 200,
        });
        if (seen.last && seen.last.length === stores.length) return seen.last;
        const missing = stores.filter((store) => !seen.last?.some((takeover) => takeover.store === store));
        throw failure(
          'Drill.Failed',
          `nobody took over ${missing.join(', ')} within ${timeoutMs} ms after the fault in ${region}`,
          { region },
        );
      }),

    /** Watches a region until it failed three times in a row; `Drill.Failed` when it stays healthy. */
    detectRegionLoss: (
      input: DeploymentScope & OnPlatform & { region: string; timeoutMs: number },
    ): Promise<{ at: string; failures: number }> =>
      withHeartbeat(async (context) => {
        const failures = await countFailures(deps, input, context);
        return { at: now().toISOString(), failures };
      }),

    /** Watches the databases of a region until none has answered three times in a row; `Drill.Failed` when one lives. */
    detectDatabaseLoss: (
      input: DeploymentScope & OnPlatform & { region: string; stores: string[]; timeoutMs: number },
    ): Promise<void> =>
      withHeartbeat(async (context) => {
        const { data } = deps.platform(input.platform);
        let failures = 0;
        const seen = await pollUntil({
          ask: async () => {
            const statuses = await Promise.all(input.stores.map((store) => data.status({ ...input, store })));
            failures = statuses.some(({ reachable }) => reachable) ? 0 : failures + 1;
            return failures;
          },
          enough: (count) => count >= FAILURES_TO_DETECT,
          timeoutMs: input.timeoutMs,
          context,
          intervalMs: DETECTION_INTERVAL_MS,
        });
        if (seen.enough) return;
        const why = `a database of ${input.region} still answers ${input.timeoutMs} ms after the fault`;
        throw failure('Drill.Failed', why, { region: input.region });
      }),

    shiftTraffic: async (
      input: DeploymentScope & OnPlatform & { hostname: string; to: string; drain: string[]; epoch: number },
    ): Promise<{ at: string }> => {
      await withHeartbeat(() => deps.platform(input.platform).traffic.shift(input));
      return { at: now().toISOString() };
    },

    /** Waits for the first acknowledged write that was sent after the old primary was fenced. */
    awaitFirstWrite: (input: OnPlatform & WriterTimes & { timeoutMs: number }) =>
      withHeartbeat(async (context) => {
        const { probes } = deps.platform(input.platform);
        const seen = await pollUntil({
          ask: async () => firstAcknowledgedMs(await probes.writerLog(input.writer), timesOf(input)),
          enough: (firstWriteMs) => firstWriteMs !== undefined,
          timeoutMs: input.timeoutMs,
          context,
          intervalMs: 50,
        });
        if (seen.last !== undefined) return { firstWriteMs: seen.last, at: now().toISOString() };
        throw failure(
          'Drill.Failed',
          `no write was acknowledged within ${input.timeoutMs} ms after traffic was shifted`,
        );
      }),

    /** Waits for the platform's own alarm about a region; undefined when none came in time. */
    awaitAlarm: (input: DeploymentScope & OnPlatform & { region: string; since: string; timeoutMs: number }) =>
      withHeartbeat(async (context) => {
        const { traffic } = deps.platform(input.platform);
        const seen = await pollUntil({
          ask: async () => (await traffic.alarms(input, input.since)).find(({ region }) => region === input.region),
          enough: (alarm) => alarm !== undefined,
          timeoutMs: input.timeoutMs,
          context,
          intervalMs: 500,
        });
        return seen.last;
      }),

    /** Stops the writer and says what became of its writes; its whole log is kept. */
    finishWriter: async (
      input: OnPlatform & WriterTimes,
    ): Promise<{ loss: WriteLoss; log: ArtifactRef; longestPauseMs?: number }> => {
      const { probes } = deps.platform(input.platform);
      const { log, present } = await withHeartbeat(() => probes.stopWriter(input.writer));
      const lines = log.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      return {
        loss: writeLoss(log, present, timesOf(input)),
        log: await deps.artifacts.put(lines, 'ndjson'),
        longestPauseMs: longestPauseMs(log, Date.parse(input.faultAt)),
      };
    },
  };
}

function timesOf({ faultAt, fencedAt }: WriterTimes): FaultTimes {
  return { faultAtMs: Date.parse(faultAt), fencedAtMs: Date.parse(fencedAt) };
}

async function countFailures(
  deps: ActivityDependencies,
  input: DeploymentScope & OnPlatform & { region: string; timeoutMs: number },
  { signal, heartbeat }: CallContext,
): Promise<number> {
  const { probes } = deps.platform(input.platform);
  const end = Date.now() + input.timeoutMs;
  let failures = 0;
  while (failures < FAILURES_TO_DETECT) {
    if (Date.now() > end)
      throw failure('Drill.Failed', `${input.region} still answers ${input.timeoutMs} ms after the fault`);
    const startedAt = Date.now();
    const services = await probes.region({ ...input, path: LIVE_PATH });
    failures = allHealthy(services) ? 0 : failures + 1;
    heartbeat(`${failures} consecutive failures`);
    if (failures < FAILURES_TO_DETECT)
      await pause(Math.max(DETECTION_INTERVAL_MS - (Date.now() - startedAt), 0), signal);
  }
  return failures;
}
