import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSpec } from '../../contracts/region-spec';
import { archiveOf } from '../backups/store-archive';
import { clone, followAgain } from '../postgres/clone';
import { type AdministratorAccess, withDatabase } from '../postgres/connect';
import { createRoles } from '../postgres/create-roles';
import { type DatabaseState, databaseState } from '../postgres/database-state';
import { provision } from '../postgres/provision';
import { turnOnFsync } from '../postgres/turn-on-fsync';
import { killMarked } from '../processes/kill-marked';
import { syncDataPlane } from './data-plane';
import { keeperOf } from './keepers';
import { type Database, type Deployment, databaseOf, type Lab, type Site, type Store, siteOf } from './lab-state';
import { grantLease } from './leases';
import { openStorePorts } from './store-ports';

const STREAMS_WITHIN_MS = 15_000;
const SERVES_WITHIN_MS = 15_000;
const GIVEN_UP_WITHIN_MS = 8_000;
const POLL_MS = 20;

export function accessTo(lab: Lab, store: Store, database: Database): AdministratorAccess {
  return {
    port: database.port,
    password: store.secrets.administratorPassword,
    caCertificate: lab.certificate.caCertificate,
  };
}

/** A place for a database in a region; nothing runs yet. */
export async function placeDatabase(lab: Lab, site: Site, spec: DatabaseSpec): Promise<Database> {
  const { database: port } = await openStorePorts(lab, site, spec.name);
  const parent = join(site.folder, 'data');
  mkdirSync(parent, { recursive: true, mode: 0o711 });
  const database: Database = {
    store: spec.name,
    region: site.region,
    spec,
    dataFolder: join(parent, spec.name),
    port,
    marker: `${site.marker}db/${spec.name}/`,
    since: new Date().toISOString(),
    wanted: true,
    complete: false,
  };
  site.databases.set(spec.name, database);
  return database;
}

/** A new, empty primary with the application's database and roles. It gets the lease of its store. */
export async function createPrimary(
  lab: Lab,
  deployment: Deployment,
  site: Site,
  store: Store,
  database: Database,
): Promise<void> {
  const { administratorPassword } = store.secrets;
  await provision({
    ...lab.postgres,
    dataFolder: database.dataFolder,
    administratorPassword,
    certificate: lab.certificate,
    archive: archiveOf(lab, site, store.name),
  });
  await syncDataPlane(lab, deployment);
  await givePrimary(deployment, site, store);
  await createRoles(accessTo(lab, store, database), store.name, store.secrets);
  await turnOnFsync(accessTo(lab, store, database));
  database.complete = true;
}

/** The region gets the lease that nobody holds, and its keeper makes its database take writes. */
export async function givePrimary(deployment: Deployment, site: Site, store: Store): Promise<void> {
  const { epoch } = await grantLease(deployment, store, site.region);
  await serve(site, store, epoch);
}

/** It is started: what was proven of it is over. */
function forgetFence(database: Database | undefined): void {
  if (database) database.fenced = undefined;
}

/** Returns when the keeper of the region, which has the lease of this epoch, serves. */
export async function serve(site: Site, store: Store, epoch: number): Promise<void> {
  forgetFence(site.databases.get(store.name));
  await keeperOf(site).call('appoint', { store: store.name, epoch, withinMs: SERVES_WITHIN_MS });
}

/** A standby as a copy of the present primary, streaming from it through the link when this returns. */
export async function createStandby(lab: Lab, deployment: Deployment, store: Store, database: Database): Promise<void> {
  const site = siteOf(deployment, database.region);
  const primary = databaseOf(deployment, store.primary ?? '', store.name);
  await syncDataPlane(lab, deployment);
  database.since = new Date().toISOString();
  await clone({
    primary: { ...accessTo(lab, store, primary), dataFolder: primary.dataFolder },
    ...(await standbyInput(lab, site, store, database)),
  });
  await startStandby(lab, deployment, store, database);
  await strikePausedReplay(lab, store, database);
}

/**
 * Makes a standby of the data that is there, which has to be part of the primary's history. Throws when it does not stream
 * within that time.
 */
export async function followInPlace(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  database: Database,
  withinMs: number,
): Promise<void> {
  const since = new Date().toISOString();
  const primary = databaseOf(deployment, store.primary ?? '', store.name);
  await followAgain({ ...(await standbyInput(lab, siteOf(deployment, database.region), store, database)), primary });
  await startStandby(lab, deployment, store, database, withinMs);
  database.since = since;
}

async function standbyInput(lab: Lab, site: Site, store: Store, { dataFolder }: Database) {
  const { upstream: port } = await openStorePorts(lab, site, store.name);
  return {
    ...{ dataFolder, owner: lab.postgres.owner, archive: archiveOf(lab, site, store.name) },
    upstream: { port, region: site.region, caFile: lab.certificate.caFile },
  };
}

/** Starts the standby on the data that is there, unless it runs, and returns when it streams: it may be elected then. */
export async function startStandby(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  database: Database,
  withinMs = STREAMS_WITHIN_MS,
): Promise<void> {
  database.wanted = true;
  forgetFence(database);
  await syncDataPlane(lab, deployment);
  await keeperOf(siteOf(deployment, database.region)).call('startStandby', { store: store.name });
  await awaitState(lab, store, database, 'streams', ({ streaming }) => streaming, withinMs);
  await turnOnFsync(accessTo(lab, store, database));
  database.complete = true;
  await syncDataPlane(lab, deployment);
}

/**
 * Stops a database for good, so that none of its processes is left: by its keeper where that answers, else, or when that
 * takes too long, by SIGKILL. Says which it was and the pids that had to be killed.
 */
export async function stopDatabase(site: Site, database: Database): Promise<{ clean: boolean; killed: number[] }> {
  database.wanted = false;
  const stopped = await site.keeper?.process
    ?.call('giveUp', { store: database.store }, GIVEN_UP_WITHIN_MS)
    .catch(() => undefined);
  // a keeper that does not answer may stand still: it must not go on with what it last heard
  if (!stopped) await killMarked(`${site.marker}keeper`);
  const { pids: killed } = await killMarked(database.marker);
  return { clean: stopped?.clean === true && killed.length === 0, killed };
}

/** Waits for what a database says of itself. Throws when it has not said so in time, with what it said last. */
export async function awaitState(
  lab: Lab,
  store: Store,
  database: Database,
  what: string,
  enough: (state: DatabaseState) => boolean,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (let last = 'no answer yet'; ; await sleep(POLL_MS)) {
    try {
      const state = await databaseState(accessTo(lab, store, database));
      if (enough(state)) return;
      last = `it is a ${state.role} at ${state.position} that ${state.streaming ? 'streams' : 'does not stream'}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() < deadline) continue;
    throw new Error(
      `database ${database.store} in ${database.region} was not one that ${what} within ${timeoutMs} ms: ${last}`,
    );
  }
}

/** The planted fault: a standby that receives everything and replays nothing. */
async function strikePausedReplay(lab: Lab, store: Store, database: Database): Promise<void> {
  const planted = lab.planted.some(({ kind, region }) => kind === 'pause-replay' && region === database.region);
  if (!planted) return;
  await withDatabase(accessTo(lab, store, database), (client) => client.query('select pg_wal_replay_pause()'));
  lab.log(`planted fault: replay paused in ${database.region}`);
}
