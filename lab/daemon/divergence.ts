import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Divergence } from '../../contracts/replication';
import { LabError } from '../lab-error';
import { type Compared, compareByKey } from '../postgres/compare-by-key';
import { databaseState } from '../postgres/database-state';
import { ScratchKilled, withScratchServer } from '../postgres/scratch-server';
import { accessTo } from './databases';
import { type Database, type Deployment, databaseOf, type Lab, type Store, siteOf } from './lab-state';

/** Nothing reaches it, it follows nobody, and it leaves the archive alone. Recovery after a crash is its own. */
const ISOLATED = {
  archive_mode: 'off',
  autovacuum: 'off',
  default_transaction_read_only: 'on',
  listen_addresses: '127.0.0.1',
  primary_conninfo: '',
  restore_command: '',
  synchronous_standby_names: '',
};
/** They would make it wait for a primary; the lock is of processes that are gone. */
const IN_THE_WAY = ['standby.signal', 'recovery.signal', 'postmaster.pid'];

/**
 * Says what of the old data of a database, which is in that folder, the present primary does not hold. Data that cannot be
 * started is kept and said to be so. Throws `Platform.Unavailable` when one of the two sides ended meanwhile: asking
 * again completes it.
 */
export async function examineOldData(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  database: Database,
  kept: string,
): Promise<Divergence> {
  const { rows, gaps } = await comparedWithPresent(lab, deployment, store, database, kept);
  lab.log(`old data of ${store.name} in ${database.region}: ${rows.length} rows differ, ${gaps.length} gaps`);
  const why = gaps.length > 0 ? ` (${gaps.join('; ')})` : '';
  return { rows, kept: `${kept} in ${database.region}${why}`, complete: gaps.length === 0 };
}

async function comparedWithPresent(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  database: Database,
  dataFolder: string,
): Promise<Compared> {
  const present = accessTo(lab, store, databaseOf(deployment, store.primary ?? '', store.name));
  const old = { ...present, port: await lab.ports.take() };
  const { binaries, owner } = lab.postgres;
  // below the marker of its region: without power it has none either
  const marker = `${siteOf(deployment, database.region).marker}before/${store.name}/`;
  for (const name of IN_THE_WAY) await rm(join(dataFolder, name), { force: true });
  let started = false;
  const server = { command: binaries.postgres, owner, dataFolder, port: old.port, marker, settings: ISOLATED };
  const reached = async () => (await databaseState(old)).role === 'primary';
  return withScratchServer({ ...server, reached }, async (stop) => {
    started = true;
    const compared = await compareByKey({ ...old, database: store.name }, { ...present, database: store.name });
    await stop();
    return compared;
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    if (!started && !(error instanceof ScratchKilled)) return { rows: [], gaps: [`it could not be started: ${why}`] };
    throw new LabError(
      'Platform.Unavailable',
      `the old data of ${store.name} in ${database.region} was not compared: ${why}`,
      { region: database.region, resource: store.name },
    );
  });
}
