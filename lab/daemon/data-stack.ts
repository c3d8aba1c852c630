import { rm } from 'node:fs/promises';
import type { DatabaseSpec } from '../../contracts/region-spec';
import { LabError } from '../lab-error';
import { copyFolderOf } from '../postgres/clone';
import { syncDataPlane } from './data-plane';
import { createPrimary, createStandby, placeDatabase, stopDatabase } from './databases';
import { isConnected } from './desired-links';
import { type Database, type Deployment, type Lab, type Site, type Store, siteOf } from './lab-state';
import { releaseLease } from './leases';
import { removeOldData } from './old-data';
import { announceStore } from './stores';

/**
 * Makes the databases of a region that are not there yet. One that is there keeps its role whatever the template says:
 * roles change by promotion and rejoin, never by a template. Refuses a template that lacks one that is there.
 */
export async function applyData(
  lab: Lab,
  deployment: Deployment,
  region: string,
  specs: DatabaseSpec[],
): Promise<void> {
  const site = siteOf(deployment, region);
  refuseToRemove(site, specs);
  for (const spec of specs) {
    const known = site.databases.get(spec.name);
    if (known) known.spec = spec;
    else await createDatabase(lab, deployment, site, spec);
  }
  // what changes of a database that is there, for example whom commits wait for, is its keeper's to do
  await syncDataPlane(lab, deployment);
}

/** Stops and deletes the databases of a region, with their data. Nothing else deletes one that was complete. */
export async function destroyData(lab: Lab, deployment: Deployment, region: string): Promise<void> {
  const site = deployment.sites.get(region);
  if (!site) return;
  for (const database of [...site.databases.values()]) await removeDatabase(lab, deployment, site, database);
}

function refuseToRemove({ databases, region }: Site, specs: DatabaseSpec[]): void {
  const missing = [...databases.keys()].filter((store) => !specs.some(({ name }) => name === store));
  if (missing.length === 0) return;
  const which = missing.length === 1 ? `database ${missing[0]} is` : `databases ${missing.join(', ')} are`;
  throw new LabError(
    'Platform.Refused',
    `${which} not in the template any more; a change never destroys data: retire the deployment, or keep it`,
    { region, resource: missing[0] },
  );
}

async function createDatabase(lab: Lab, deployment: Deployment, site: Site, spec: DatabaseSpec): Promise<void> {
  const store = announceStore(deployment, spec.name);
  const blocker = creationBlocker(deployment, site, spec, store);
  if (blocker) throw new Error(blocker);
  const database = await placeDatabase(lab, site, spec);
  try {
    if (spec.role === 'primary') {
      await createPrimary(lab, deployment, site, store, database);
    } else {
      await createStandby(lab, deployment, store, database);
    }
  } catch (error) {
    await removeDatabase(lab, deployment, site, database);
    throw error;
  }
  await syncDataPlane(lab, deployment);
}

function creationBlocker(deployment: Deployment, site: Site, spec: DatabaseSpec, store: Store): string | undefined {
  if (spec.role === 'primary') {
    return (
      store.primary && `store ${spec.name} already has its primary in ${store.primary}; a second one is not possible`
    );
  }
  if (!store.primary) return `the source database of ${spec.name} in ${spec.sourceRegion} does not exist`;
  if (isConnected(deployment, site.region, store.primary)) return undefined;
  return `no route from ${site.region} to the source database in ${store.primary}: both need their connectivity stack`;
}

async function removeDatabase(lab: Lab, deployment: Deployment, site: Site, database: Database): Promise<void> {
  await stopDatabase(site, database);
  for (const folder of [database.dataFolder, copyFolderOf(database.dataFolder)])
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await removeOldData(database, 0);
  site.databases.delete(database.store);
  const store = deployment.stores.get(database.store);
  if (!store) return;
  await releaseLease(deployment, store, site.region);
  if (store.primary === site.region) store.primary = undefined;
  // a commit must not wait for a standby that is gone for good
  await syncDataPlane(lab, deployment);
}
