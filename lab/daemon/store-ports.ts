import type { StorePorts } from '../../failover/keeper/store-gates';
import type { Lab, Site } from './lab-state';

/**
 * Gives a store its ports in a region, once; they stay. The keeper listens on them later, so that tasks can be told their
 * addresses before a database exists.
 */
export async function openStorePorts(lab: Lab, site: Site, store: string): Promise<StorePorts> {
  const known = site.storePorts.get(store);
  if (known) return known;
  const [writer, replication, endpoint, read, upstream, database] = await lab.ports.takeMany(6);
  const ports = { writer, replication, endpoint, read, upstream, database } as StorePorts;
  site.storePorts.set(store, ports);
  return ports;
}
