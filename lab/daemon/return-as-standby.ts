import type { Divergence } from '../../contracts/replication';
import { endOfStoppedPrimary } from '../postgres/control-file';
import { databaseState } from '../postgres/database-state';
import { isInHistory, timelineHistory } from '../postgres/timeline-history';
import { accessTo, awaitState, createStandby, followInPlace, stopDatabase } from './databases';
import { examineOldData } from './divergence';
import { type Database, type Deployment, databaseOf, type Lab, type Store, siteOf } from './lab-state';
import { removeOldData } from './old-data';

/** Data that is part of the primary's history streams within this time, or it is made anew. */
const FOLLOWS_WITHIN_MS = 3_000;
const TAKES_WRITES_WITHIN_MS = 15_000;

/**
 * Makes the database of a region a standby of the present primary. Where it stopped in order and the primary came after,
 * on the data that it has; else that is put aside, compared with the primary, and a fresh copy takes its place. What
 * differed is answered again when this is repeated in the same epoch.
 */
export async function returnAsStandby(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  database: Database,
  epoch: number,
): Promise<Divergence | undefined> {
  if (database.returned?.epoch === epoch && (await follows(lab, store, database))) return database.returned.divergence;
  const site = siteOf(deployment, database.region);
  // a region gets the lease before its database is promoted
  const primary = databaseOf(deployment, store.primary ?? '', store.name);
  await awaitState(lab, store, primary, 'takes writes', ({ role }) => role === 'primary', TAKES_WRITES_WITHIN_MS);
  await stopDatabase(site, database);
  if (database.returned?.epoch !== epoch) {
    if (await followsInPlace(lab, deployment, store, database)) {
      const kept = 'all of it is part of the present history; the standby runs on it';
      database.returned = { epoch, divergence: { rows: [], kept, complete: true } };
      return database.returned.divergence;
    }
    await stopDatabase(site, database);
    database.returned = { epoch, divergence: await examineOldData(lab, deployment, store, database, epoch) };
  }
  await createStandby(lab, deployment, store, database);
  await removeOldData(database);
  return database.returned.divergence;
}

async function followsInPlace(lab: Lab, deployment: Deployment, store: Store, database: Database): Promise<boolean> {
  const end = await endOfStoppedPrimary(database.dataFolder).catch(() => undefined);
  const primary = databaseOf(deployment, store.primary ?? '', store.name);
  if (!end || !isInHistory(end, await timelineHistory(accessTo(lab, store, primary)))) return false;
  return followInPlace(lab, deployment, store, database, FOLLOWS_WITHIN_MS).then(
    () => true,
    (error: unknown) => {
      lab.log(`${store.name} in ${database.region} does not follow on its old data: ${String(error)}`);
      return false;
    },
  );
}

async function follows(lab: Lab, store: Store, database: Database): Promise<boolean> {
  const state = await databaseState(accessTo(lab, store, database)).catch(() => undefined);
  return state?.streaming === true && !state.replayPaused;
}
