import { locations } from '../catalog/locations';
import type { FailureType } from '../contracts/failure-types';
import { LIVE_PATH } from '../contracts/probe-contract';
import type { PlatformKind } from '../contracts/region';
import type { LatencyMeasurement, LoadMeasurement, ServiceHealth } from '../contracts/validation';
import type { DeploymentScope, StoreRef } from '../platforms/platform';
import { allHealthy, sickness } from '../policies/health';
import type { ActivityDependencies } from './dependencies';
import { withHeartbeat } from './support/call-context';
import { failure } from './support/failures';
import { pause } from './support/poll-until';

interface OnPlatform {
  platform: PlatformKind;
}

/** How often health votes while a region bakes. */
const BAKE_VOTE_MS = 1_000;
/** People think for minutes or days: health need not be asked every second. */
const WATCH_VOTE_MS = 5_000;
/** So many bad votes in a row end a bake: one lost probe is not a sick region. */
const BAKE_BAD_VOTES = 2;

/** Measurements from outside: what a user or a load balancer would see. */
export function createProbeActivities(deps: ActivityDependencies) {
  const probes = (kind: PlatformKind) => deps.platform(kind).probes;
  return {
    probeRegion: (input: DeploymentScope & OnPlatform & { region: string; path: string }): Promise<ServiceHealth[]> =>
      withHeartbeat(() => probes(input.platform).region(input)),

    /** Lets health vote for some seconds; `Region.SickDuringBake` when it says no twice in a row. */
    bakeRegion: (
      input: DeploymentScope & OnPlatform & { region: string; seconds: number },
    ): Promise<{ votes: number }> =>
      withHeartbeat(async ({ signal, heartbeat }) => {
        const end = Date.now() + input.seconds * 1_000;
        let votes = 0;
        let bad = 0;
        while (Date.now() < end) {
          const services = await probes(input.platform).region({ ...input, path: LIVE_PATH });
          votes += 1;
          bad = allHealthy(services) ? 0 : bad + 1;
          heartbeat(`${votes} votes, ${bad} bad in a row`);
          if (bad >= BAKE_BAD_VOTES) throw sick('Region.SickDuringBake', input.region, services, 'during its bake');
          await pause(Math.min(BAKE_VOTE_MS, Math.max(end - Date.now(), 0)), signal);
        }
        return { votes };
      }),

    /**
     * Lets the health of several regions vote for some seconds while a person thinks; `Region.SickWhileWaiting` when one
     * says no twice in a row.
     */
    watchRegions: (
      input: DeploymentScope & OnPlatform & { regions: string[]; seconds: number },
    ): Promise<{ votes: number }> =>
      withHeartbeat(async ({ signal, heartbeat }) => {
        const end = Date.now() + input.seconds * 1_000;
        const bad = new Map<string, number>();
        let votes = 0;
        while (Date.now() < end) {
          await Promise.all(
            input.regions.map(async (region) => {
              const services = await probes(input.platform).region({ ...input, region, path: LIVE_PATH });
              const inARow = allHealthy(services) ? 0 : (bad.get(region) ?? 0) + 1;
              bad.set(region, inARow);
              if (inARow >= BAKE_BAD_VOTES)
                throw sick('Region.SickWhileWaiting', region, services, 'while an approval was waited for');
            }),
          );
          votes += 1;
          heartbeat(`${votes} votes of ${input.regions.length} regions`);
          await pause(Math.min(WATCH_VOTE_MS, Math.max(end - Date.now(), 0)), signal);
        }
        return { votes };
      }),

    /** From the ten world locations of the catalog. */
    measureLatency: (
      input: DeploymentScope &
        OnPlatform & {
          hostname: string;
          samples: number;
          percentile: number;
          underMs: number;
          of: 'read' | 'write';
        },
    ): Promise<LatencyMeasurement[]> =>
      withHeartbeat((context) =>
        probes(input.platform).latency({ ...input, locations: locations.map(({ id }) => id) }, context),
      ),

    measureLoad: (
      input: DeploymentScope & OnPlatform & { hostname: string; seconds: number; requestsPerSecond: number },
    ): Promise<LoadMeasurement> => withHeartbeat((context) => probes(input.platform).load(input, context)),

    /** Writes through the primary, reads in every region; `Replication.Lagging` names the regions that never saw it. */
    writeAndRead: async (input: StoreRef & OnPlatform & { hostname: string; regions: string[]; timeoutMs: number }) => {
      const seen = await withHeartbeat(() => probes(input.platform).writeAndRead(input));
      const missing = seen.filter((reading) => !reading.seen).map(({ region }) => region);
      if (missing.length === 0) return seen;
      throw failure(
        'Replication.Lagging',
        `a write to the primary of ${input.store} was not readable in ${missing.join(', ')} within ${input.timeoutMs} ms`,
        { resource: input.store, ...(missing[0] && { region: missing[0] }) },
      );
    },

    resolveHostname: (input: OnPlatform & { hostname: string }): Promise<{ regions: string[] }> =>
      deps.platform(input.platform).traffic.resolve(input.hostname),
  };
}

function sick(type: FailureType, region: string, services: ServiceHealth[], when: string) {
  const { service, detail } = sickness(services);
  const message = `${service ?? 'the application'} in ${region} turned sick ${when}: ${detail}`;
  return failure(type, message, { region, ...(service && { resource: service }) });
}
