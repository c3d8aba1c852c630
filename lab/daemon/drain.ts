import { LabError } from '../lab-error';
import { acceptEpoch } from './epoch';
import { type Deployment, databasesOf, type Lab } from './lab-state';
import { readLease } from './leases';
import { edgeHostname } from './traffic-stack';

/**
 * Sets which regions of a hostname answer nobody; those that are not named answer again. Refuses to drain all of them.
 * The edge routes every new request by its table, so that the drain holds as soon as this returns.
 */
export async function drain(
  lab: Lab,
  deployment: Deployment,
  { hostname, regions, epoch }: { hostname: string; regions: string[]; epoch: number },
): Promise<Record<string, never>> {
  const found = [...deployment.hostnames.values()].filter(({ spec }) => spec.hostname === hostname);
  if (found.length === 0)
    throw new LabError('Platform.Refused', `hostname: ${hostname} is not published; publish it before draining`);
  for (const { spec } of found) {
    if (spec.records.some(({ region }) => !regions.includes(region))) continue;
    const reason = `regions: draining ${regions.join(', ')} would leave nobody to answer for ${hostname}; keep at least one of its regions`;
    throw new LabError('Platform.Refused', reason);
  }
  const seen: Record<string, number> = {};
  for (const store of deployment.stores.values()) {
    if (databasesOf(deployment, store.name).length === 0) continue;
    // a drain is possible while nobody can say who holds a lease; what sentinels have decided by it then stays
    const lease = await readLease(deployment, store).catch(() => undefined);
    if (lease) seen[store.name] = lease.epoch;
    acceptEpoch(store, epoch);
  }
  for (const published of found) {
    published.drained = regions;
    await lab.network.setHostname(edgeHostname(deployment, published));
  }
  await lab.network.endFailover({ application: deployment.application, environment: deployment.environment, seen });
  lab.log(`${hostname}: drained ${regions.join(', ') || 'nothing'}`);
  return {};
}
