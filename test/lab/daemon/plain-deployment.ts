import type { LeaseStore } from '../../../failover/lease-store/lease-store';
import type { Lease } from '../../../failover/protocol/lease';
import type { Database, Deployment, Site, Store } from '../../../lab/daemon/lab-state';

/** A lease that lives in this process. */
export class PlainLeases implements LeaseStore {
  constructor(public lease: Lease) {}

  async read(): Promise<Lease> {
    return this.lease;
  }
  async prepare(): Promise<void> {}
  async change(_key: string, change: (lease: Lease) => Lease | undefined) {
    const next = change(this.lease);
    if (!next) return { outcome: 'refused', lease: this.lease } as const;
    this.lease = next;
    return { outcome: 'changed', lease: next } as const;
  }
  close(): void {}
}

/** One store `orders` with a database in each region, as the daemon knows it; no process runs. The first is the primary. */
export function plainDeployment(regions: string[], leases: LeaseStore): { deployment: Deployment; store: Store } {
  const secrets = { administratorPassword: 'a', applicationPassword: 'b' };
  const store: Store = {
    ...{ name: 'orders', primary: regions[0], epoch: 1, chain: regions, automation: 'automatic', secrets },
  };
  const of = { account: 'default', application: 'shop', environment: 'test' };
  const sites = regions.map((region): [string, Site] => [
    region,
    {
      ...{ ...of, region, marker: `none/${region}/`, folder: '', loadBalancerPort: 0, services: [] },
      storePorts: new Map(),
      databases: new Map([['orders', databaseIn(region)]]),
      peers: new Set(),
    },
  ]);
  const deployment: Deployment = {
    ...{ ...of, sites: new Map(sites), witnesses: [], leases, hostnames: new Map() },
    stores: new Map([['orders', store]]),
  };
  return { deployment, store };
}

function databaseIn(region: string): Database {
  return {
    ...{ store: 'orders', region, dataFolder: '', port: 0, marker: `none/${region}/db/`, since: '' },
    spec: { name: 'orders', role: 'primary' } as Database['spec'],
    ...{ wanted: true, complete: true },
  };
}
