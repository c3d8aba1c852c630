import type { RegionObservation, ServiceLook, WatchedDeployment } from '../../../contracts/region-observation';

export const REGIONS = ['eu-west-1', 'us-east-1', 'ap-southeast-1'] as const;

/** Three regions with one store, writes in the first. */
export function watched(change: Partial<WatchedDeployment> = {}): WatchedDeployment {
  return {
    version: 1,
    generation: 1,
    platform: 'fake',
    account: 'default',
    hostname: 'orders.example.com',
    primary: 'eu-west-1',
    epoch: 3,
    order: [...REGIONS],
    chain: ['us-east-1', 'ap-southeast-1'],
    outside: [],
    drained: [],
    fenced: [],
    stores: [{ store: 'orders', lagThresholdMs: 1_000, regions: [...REGIONS] }],
    rtoSeconds: 600,
    latency: { percentile: 95, underMs: 250, of: 'read' },
    automation: 'automatic',
    ...change,
  };
}

/** What the vantage points say of a region; `undefined` is a look that failed. */
export function seen(
  region: string,
  scores: Partial<Record<ServiceLook['service'], number | undefined>>,
): RegionObservation {
  const services = Object.entries(scores).map(([service, score]) => ({
    service: service as ServiceLook['service'],
    ...(score !== undefined && { score }),
    detail: score === undefined ? 'not seen' : `${score}`,
  }));
  return { region, services, lags: [], unencrypted: [] };
}

export const well = (region: string) => seen(region, { compute: 100, database: 100, replication: 100, traffic: 100 });
export const down = (region: string) => seen(region, { compute: 0, database: 0, replication: 0, traffic: 0 });
export const unseenRegion = (region: string) =>
  seen(region, { compute: undefined, database: undefined, replication: undefined, traffic: undefined });
