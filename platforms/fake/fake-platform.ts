import type { ServiceHealth, WriteLogEntry } from '../../contracts/validation';
import type { Fault, FaultPort, Platform, ProbePort, TrafficPort } from '../platform';
import { PlatformError } from '../platform-error';
import { fakeBackups } from './fake-backups';
import type { FakeCloud } from './fake-cloud';
import { fakeData } from './fake-data';
import { fakeStacks } from './fake-stacks';

/** The fake platform over a cloud that a test can look into; its behaviour is written in fake-platform.md. */
export function createFakePlatform(cloud: FakeCloud): Platform {
  return {
    kind: 'fake',
    source: 'fake',
    stacks: fakeStacks(cloud),
    data: fakeData(cloud),
    backups: fakeBackups(cloud),
    traffic: fakeTraffic(cloud),
    probes: fakeProbes(cloud),
    faults: fakeFaults(cloud),
  };
}

function fakeTraffic(cloud: FakeCloud): TrafficPort {
  return {
    resolve: (hostname) =>
      cloud.call('resolve', {}, () => {
        const named = [...cloud.stacks.values()].some(
          ({ change }) =>
            (change.ref.kind === 'preview' || change.ref.kind === 'global') &&
            change.template.includes(`"${hostname}"`),
        );
        const answering = cloud.regionsWith('base').filter((region) => !cloud.drained.includes(region));
        return { regions: named ? answering : [] };
      }),
    health: () =>
      cloud.call('health', {}, () =>
        cloud.regionsWith('base').map((region) => ({
          region,
          healthy: !isDown(cloud, region),
          since: new Date().toISOString(),
          consecutiveFailures: isDown(cloud, region) ? 3 : 0,
        })),
      ),
    shift: ({ to, drain, epoch }) =>
      cloud.call('shift', { region: to }, () => {
        cloud.accept(epoch);
        cloud.drained = [...drain];
        cloud.did(`shift ${to}`, { call: 'shift', region: to, epoch });
      }),
    drain: ({ regions, epoch }) =>
      cloud.call('drain', {}, () => {
        cloud.accept(epoch);
        const answering = cloud.regionsWith('base').filter((region) => !regions.includes(region));
        if (answering.length === 0) {
          throw new PlatformError(
            'Platform.Refused',
            `regions: draining ${regions.join(', ')} would leave nobody to answer`,
          );
        }
        cloud.drained = [...regions];
        cloud.did(`drain ${regions.join('+') || 'nothing'}`, { call: 'drain', epoch });
      }),
    alarms: (_scope, since) =>
      cloud.call('alarms', {}, () =>
        [...cloud.killed.values()]
          .filter(({ at }) => at >= since)
          .map(({ region, at }) => ({ name: `${region}-unhealthy`, region, at })),
      ),
  };
}

function fakeProbes(cloud: FakeCloud): ProbePort {
  // Three writes before the fault, two just now: the stream never stops.
  const log = (): WriteLogEntry[] => {
    const nowMs = Date.now();
    const faultAtMs = Math.max(0, ...[...cloud.killed.values()].map(({ at }) => Date.parse(at))) || nowMs;
    const sentAtMs = [faultAtMs - 30, faultAtMs - 20, faultAtMs - 10, nowMs, nowMs];
    return sentAtMs.map((sent, index) => ({
      seq: index + 1,
      sentAtMs: sent,
      endedAtMs: sent + 5,
      outcome: 'acknowledged',
    }));
  };
  const numbers = [1, 2, 3, 4, 5];
  return {
    region: ({ region }) => cloud.call('probe', { region }, () => [health(cloud, region)]),
    latency: ({ locations, samples }) =>
      cloud.call('latency', {}, () =>
        locations.map((location) => ({
          location,
          servedBy: cloud.regionsWith('base')[0] ?? 'us-east-1',
          samples,
          p50Ms: 10,
          p95Ms: 20,
          slaPercentileMs: 20,
          withinSla: true,
          source: 'fake',
        })),
      ),
    load: ({ seconds, requestsPerSecond }) =>
      cloud.call('load', {}, () => ({
        seconds,
        requestsPerSecond,
        requests: seconds * requestsPerSecond,
        failed: 0,
        p95Ms: 20,
      })),
    writeAndRead: ({ regions }) =>
      cloud.call('writeAndRead', {}, () => regions.map((region) => ({ region, seen: true, afterMs: 1 }))),
    startWriter: ({ id }) => cloud.call('startWriter', {}, () => ({ id })),
    writerLog: () => cloud.call('writerLog', {}, log),
    stopWriter: () =>
      cloud.call('stopWriter', {}, () => ({ log: log(), present: numbers.filter((seq) => !cloud.loses.has(seq)) })),
  };
}

function fakeFaults(cloud: FakeCloud): FaultPort {
  return {
    inject: ({ id, fault, undoAfterMs }) =>
      cloud.call('inject', {}, () => {
        const at = cloud.faults.get(id)?.at ?? new Date().toISOString();
        cloud.faults.set(id, { fault, at, ...(undoAfterMs !== undefined && { undoAfterMs }) });
        cloud.did(`inject ${fault.kind}`, { call: 'inject' });
        if (STOPS_A_REGION.includes(fault.kind) && 'region' in fault)
          cloud.killed.set(id, { region: fault.region, at });
        if ('region' in fault) takeOver(cloud, fault);
        return { at };
      }),
    undo: ({ id }) =>
      cloud.call('undo', {}, () => {
        cloud.faults.delete(id);
        cloud.killed.delete(id);
        cloud.did('undo fault', { call: 'undo' });
      }),
  };
}

const STOPS_A_REGION: ReadonlyArray<Fault['kind']> = ['kill-region', 'freeze-region', 'cut-region'];

/** Sentinels at once: leases of what was struck go to the first standby, where that may happen without a person. */
function takeOver(cloud: FakeCloud, fault: Extract<Fault, { region: string }>): void {
  const { region: from } = fault;
  const old = cloud.databases.get(from);
  for (const [store, lease] of cloud.leases) {
    const to = [...cloud.databases.keys()].find((region) => region !== from);
    const isStruck = fault.kind !== 'kill-database' || fault.store === store;
    if (!isStruck || lease.holder !== from || lease.automation !== 'automatic' || !to || !old) continue;
    Object.assign(lease, { holder: to, epoch: Math.max(lease.epoch, cloud.epoch) + 1 });
    cloud.epoch = lease.epoch;
    Object.assign(old, { role: 'standby', fenced: true });
    cloud.databases.set(to, { region: to, role: 'primary', fenced: false });
    // a moment later, as takeovers are asked for by the time of the fault
    const at = new Date(Date.now() + 1).toISOString();
    const fence = { kind: 'lease-expired', region: from, epoch: lease.epoch, at, detail: 'the fake is quick' } as const;
    cloud.takeovers.push({ store, from, to, epoch: lease.epoch, at, phases: [{ phase: 'promote', ms: 1 }], fence });
  }
}

function health(cloud: FakeCloud, region: string): ServiceHealth {
  const healthy = !isDown(cloud, region);
  const detail = healthy ? '200' : 'no answer';
  return { region, service: 'api', healthy, tasksHealthy: healthy ? 1 : 0, tasksWanted: 1, detail };
}

function isDown(cloud: FakeCloud, region: string): boolean {
  return cloud.sick.has(region) || [...cloud.killed.values()].some((fault) => fault.region === region);
}
