import { regionRttMs } from '../../catalog/latency';
import { desiredLinks, linkId } from './desired-links';
import type { Deployment, Lab, Site, StorePorts } from './lab-state';

/** Brings the network's links in line with the state of a deployment. */
export async function syncLinks(lab: Lab, deployment: Deployment): Promise<void> {
  await Promise.all(desiredLinks(deployment, regionRttMs).map((link) => lab.network.setLink(link)));
}

/**
 * Gives a store its ports in a region, once; they stay. The links lead nowhere yet, so that tasks can be told their
 * addresses before a database exists.
 */
export async function openStorePorts(lab: Lab, deployment: Deployment, site: Site, store: string): Promise<StorePorts> {
  const known = site.storePorts.get(store);
  if (known) return known;
  const nowhere = { from: site.region, to: site.region, rttMs: regionRttMs(site.region, site.region) };
  const open = async (kind: 'writer' | 'upstream') =>
    (await lab.network.setLink({ id: linkId(deployment, site.region, store, kind), ...nowhere })).port;
  const [writer, upstream] = [await open('writer'), await open('upstream')];
  const ports = { database: await lab.ports.take(), writer, upstream };
  site.storePorts.set(store, ports);
  return ports;
}

export async function closeStorePorts(lab: Lab, deployment: Deployment, site: Site): Promise<void> {
  for (const store of site.storePorts.keys()) {
    await lab.network.removeLink(linkId(deployment, site.region, store, 'writer'));
    await lab.network.removeLink(linkId(deployment, site.region, store, 'upstream'));
  }
  site.storePorts.clear();
}
