import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSpec } from '../../contracts/region-spec';
import { archiveOf } from '../backups/store-archive';
import { LabError } from '../lab-error';
import { clone } from '../postgres/clone';
import { type AdministratorAccess, withDatabase } from '../postgres/connect';
import { createRoles } from '../postgres/create-roles';
import { type DatabaseState, databaseState } from '../postgres/database-state';
import { provision } from '../postgres/provision';
import { turnOnFsync } from '../postgres/turn-on-fsync';
import { killMarked } from '../processes/kill-marked';
import { type Database, type Deployment, databaseOf, type Lab, type Site, type Store, siteOf } from './lab-state';
import { openStorePorts, syncLinks } from './sync-links';

const ANSWERS_WITHIN_MS = 15_000;
const STREAMS_WITHIN_MS = 15_000;
const CLEAN_STOP_MS = 3_000;
const POLL_MS = 20;

export function accessTo(lab: Lab, store: Store, database: Database): AdministratorAccess {
  return {
    port: database.port,
    password: store.secrets.administratorPassword,
    caCertificate: lab.certificate.caCertificate,
  };
}

/** A place for a database in a region; nothing runs yet. */
export async function placeDatabase(
  lab: Lab,
  deployment: Deployment,
  site: Site,
  spec: DatabaseSpec,
): Promise<Database> {
  const { database: port } = await openStorePorts(lab, deployment, site, spec.name);
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
  };
  site.databases.set(spec.name, database);
  return database;
}

/** A new, empty primary with the application's database and roles. */
export async function createPrimary(lab: Lab, site: Site, store: Store, database: Database): Promise<void> {
  const { administratorPassword } = store.secrets;
  await provision({
    ...lab.postgres,
    dataFolder: database.dataFolder,
    administratorPassword,
    certificate: lab.certificate,
    archive: archiveOf(lab, site, store.name),
  });
  await startDatabase(lab, site, store, database);
  await createRoles(accessTo(lab, store, database), store.name, store.secrets);
  await turnOnFsync(accessTo(lab, store, database));
}

/** A standby as a copy of the present primary, streaming from it through the link when this returns. */
export async function createStandby(lab: Lab, deployment: Deployment, store: Store, database: Database): Promise<void> {
  const site = siteOf(deployment, database.region);
  const primary = databaseOf(deployment, store.primary ?? '', store.name);
  await syncLinks(lab, deployment);
  const { upstream } = await openStorePorts(lab, deployment, site, store.name);
  const { caFile } = lab.certificate;
  const { replicatorPassword } = store.secrets;
  database.since = new Date().toISOString();
  await clone({
    primary: { ...accessTo(lab, store, primary), dataFolder: primary.dataFolder },
    dataFolder: database.dataFolder,
    owner: lab.postgres.owner,
    upstream: { port: upstream, replicatorPassword, region: site.region, caFile },
    archive: archiveOf(lab, site, store.name),
  });
  await startDatabase(lab, site, store, database);
  await awaitState(lab, store, database, 'streams', ({ streaming }) => streaming, STREAMS_WITHIN_MS);
  await turnOnFsync(accessTo(lab, store, database));
  await strikePausedReplay(lab, store, database);
}

/** Starts the processes on the data that is there and waits until they answer. */
export async function startDatabase(lab: Lab, site: Site, store: Store, database: Database): Promise<void> {
  if (!site.process?.alive)
    throw new LabError('Platform.Unavailable', `region ${site.region} is down`, { region: site.region });
  const { dataFolder, port, marker } = database;
  await site.process.call('startDatabase', {
    store: store.name,
    marker,
    command: lab.postgres.binaries.postgres,
    arguments: ['-D', dataFolder, '-p', String(port), '-c', `cluster_name=${marker}`],
    dataFolder,
    owner: lab.postgres.owner,
  });
  await awaitState(lab, store, database, 'answers', () => true, ANSWERS_WITHIN_MS);
}

/**
 * Stops a database so that none of its processes is left: in order where the region answers, else, or when that takes
 * too long, by SIGKILL. Says which it was and the pids that had to be killed.
 */
export async function stopDatabase(site: Site, database: Database): Promise<{ clean: boolean; killed: number[] }> {
  const stopped = await site.process
    ?.call('stopDatabase', { store: database.store, timeoutMs: CLEAN_STOP_MS })
    .catch(() => undefined);
  const { pids: killed } = await killMarked(database.marker);
  return { clean: stopped?.clean === true && killed.length === 0, killed };
}

async function awaitState(
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
