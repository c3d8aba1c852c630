import type { Divergence, Rejoined } from '../../contracts/replication';
import { LabError } from '../lab-error';
import { resumeAutomation } from './automation';
import { syncDataPlane } from './data-plane';
import { databaseStatus } from './database-status';
import { givePrimary, serve } from './databases';
import { isConnected } from './desired-links';
import { acceptEpoch } from './epoch';
import { type Deployment, databaseOf, databasesOf, type Lab, type Store, siteOf, storeOf } from './lab-state';
import { readLease } from './leases';
import { returnAsStandby } from './return-as-standby';

/**
 * Makes the database of a region a standby of the present primary, and says what only its old data held. The region that
 * is the primary by record gets its processes back on the data that it has, which is how a drill that was called off ends.
 * `asPrimary` refuses everything else: the data of whoever is to take writes again is never replaced.
 */
export async function rejoin(
  lab: Lab,
  deployment: Deployment,
  input: { store: string; region: string; epoch: number; asPrimary?: boolean | undefined },
): Promise<Rejoined> {
  const store = storeOf(deployment, input.store);
  const lease = await readLease(deployment, store);
  acceptEpoch(store, input.epoch);
  const database = databaseOf(deployment, input.region, input.store);
  const site = siteOf(deployment, input.region);
  if (!site.process?.alive) {
    throw new LabError('Platform.Unavailable', `region ${input.region} is down`, { region: input.region });
  }
  if (input.asPrimary) refuseReplaced(deployment, store, input.region);
  let divergence: Divergence | undefined;
  if (store.primary === input.region) {
    database.wanted = true;
    await syncDataPlane(lab, deployment);
    if (lease.holder === input.region) await serve(site, store, lease.epoch);
    else await givePrimary(deployment, site, store);
  } else {
    if (!isConnected(deployment, input.region, store.primary ?? '')) {
      throw new LabError('Platform.Refused', `no route from ${input.region} to ${store.primary}`, {
        region: input.region,
      });
    }
    divergence = await returnAsStandby(lab, deployment, store, database, input.epoch);
    database.isRestoring = false;
  }
  await resumeAutomation(lab, deployment, store);
  database.rejoinedInEpoch = input.epoch;
  lab.log(`rejoined ${input.region} for ${input.store}`);
  return { ...(await databaseStatus(lab, deployment, input)), ...(divergence && { divergence }) };
}

/** The lease is another region's, or a restore that has not ended has replaced data of the store. */
function refuseReplaced(deployment: Deployment, store: Store, region: string): void {
  const restoring = databasesOf(deployment, store.name).find(({ isRestoring }) => isRestoring);
  if (store.primary === region && !restoring) return;
  const why = restoring
    ? `a restore of ${store.name} in ${restoring.region} has not ended: ask for it again`
    : `${store.primary} has taken its place`;
  throw new LabError('Platform.Refused', `${region} must not take the writes of ${store.name} again: ${why}`, {
    region,
    resource: store.name,
  });
}
