import type { Link } from '../network/network-port';
import { type Deployment, databasesOf, deploymentKey, type Site, type Store } from './lab-state';

export type StoreLink = 'writer' | 'upstream';

/**
 * The links that a deployment should have now. Each region has two per store, at ports that never change: one leads to
 * the writer, one leads its standby to the primary. A link leads nowhere (connections are refused) while there is no
 * such database, or while the connectivity stacks of both ends do not open the way.
 */
export function desiredLinks(deployment: Deployment, rttMs: (from: string, to: string) => number): Link[] {
  const linkTo = (kind: StoreLink, site: Site, store: Store, target: string | undefined): Link => {
    const to = target ?? site.region;
    return {
      id: linkId(deployment, site.region, store.name, kind),
      from: site.region,
      to,
      rttMs: rttMs(site.region, to),
      targetPort: targetPortIn(deployment, site, store, target),
    };
  };
  return [...deployment.sites.values()].flatMap((site) =>
    [...deployment.stores.values()]
      .filter(({ name }) => site.storePorts.has(name))
      .flatMap((store) => {
        const upstream = store.primary === site.region ? undefined : store.primary;
        return [linkTo('writer', site, store, store.writer), linkTo('upstream', site, store, upstream)];
      }),
  );
}

export function linkId(deployment: Deployment, region: string, store: string, kind: StoreLink): string {
  return `${deploymentKey(deployment)}/${region}/${store}/${kind}`;
}

/** Both ends must have opened the way, as both sides of a peering must have their routes. */
export function isConnected(deployment: Deployment, a: string, b: string): boolean {
  if (a === b) return true;
  return Boolean(deployment.sites.get(a)?.peers.has(b) && deployment.sites.get(b)?.peers.has(a));
}

function targetPortIn(
  deployment: Deployment,
  site: Site,
  store: Store,
  target: string | undefined,
): number | undefined {
  if (!target || !isConnected(deployment, site.region, target)) return undefined;
  return databasesOf(deployment, store.name).find(({ region }) => region === target)?.port;
}
