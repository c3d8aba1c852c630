import { LabError } from '../lab-error';
import { acceptEpoch } from './epoch';
import { type Deployment, databasesOf, type Lab } from './lab-state';
import { readLease } from './leases';
import { edgeHostname } from './traffic-stack';

/**
 * Moves primary traffic to a region: its record becomes the primary one of the hostname. Writes follow the lease by
 * themselves. The regions in `drain` leave the rotation until a shift does not name them:
 * the health checks would find out, but later. Refuses while a store has its primary elsewhere: promote first.
 */
export async function shift(
  lab: Lab,
  deployment: Deployment,
  { hostname, to, drain, epoch }: { hostname: string; to: string; drain: string[]; epoch: number },
): Promise<Record<string, never>> {
  const stores = [...deployment.stores.values()].filter(({ name }) => databasesOf(deployment, name).length > 0);
  const seen: Record<string, number> = {};
  for (const store of stores) {
    seen[store.name] = (await readLease(deployment, store)).epoch;
    acceptEpoch(store, epoch);
  }
  const elsewhere = stores.find(({ primary }) => primary !== to);
  if (elsewhere) {
    const reason = `to: the primary of store ${elsewhere.name} is ${elsewhere.primary ?? 'absent'}, not ${to}; promote ${to} first`;
    throw new LabError('Platform.Refused', reason, { region: to, resource: elsewhere.name });
  }
  for (const published of deployment.hostnames.values()) {
    if (published.spec.hostname !== hostname) continue;
    published.shiftedTo = to;
    published.drained = drain;
    await lab.network.setHostname(edgeHostname(deployment, published));
  }
  await lab.network.endFailover({ application: deployment.application, environment: deployment.environment, seen });
  lab.log(`traffic of ${hostname} shifted to ${to}, epoch ${epoch}`);
  return {};
}
