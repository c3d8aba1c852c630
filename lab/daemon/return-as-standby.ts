import type { Divergence } from '../../contracts/replication';
import { withDatabase } from '../postgres/connect';
import { endOfStoppedPrimary } from '../postgres/control-file';
import { databaseState } from '../postgres/database-state';
import { streamingStandbys } from '../postgres/synchronous-standbys';
import { isInHistory, timelineHistory } from '../postgres/timeline-history';
import { accessTo, awaitState, createStandby, followInPlace, startStandby, stopDatabase } from './databases';
import { examineOldData } from './divergence';
import { type Database, type Deployment, databaseOf, type Lab, type Store, siteOf } from './lab-state';
import { putAside, removeOldData } from './old-data';

/** Data that is part of the primary's history streams within this time, or it is made anew. */
const FOLLOWS_WITHIN_MS = 3_000;
const TAKES_WRITES_WITHIN_MS = 15_000;
/** Folders of old data; more where one report names more. */
const KEPT = 2;

/**
 * Makes the database of a region a standby of the present primary. One that follows it goes on as it is. Where it stopped
 * in order and the primary came after, it does so on the data that it has; else that is put aside, and a fresh copy takes
 * its place. Then all that was put aside and that nobody was told of is compared with the primary, whatever became of
 * the attempts before. What differed is answered again when this is repeated in the same epoch.
 */
export async function returnAsStandby(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  database: Database,
  epoch: number,
): Promise<Divergence> {
  // a region gets the lease before its database is promoted
  const primary = databaseOf(deployment, store.primary ?? '', store.name);
  if (database.complete && (await follows(lab, store, primary, database))) {
    await startStandby(lab, deployment, store, database);
  } else {
    await awaitState(lab, store, primary, 'takes writes', ({ role }) => role === 'primary', TAKES_WRITES_WITHIN_MS);
    await makeStandby(lab, deployment, store, database, epoch);
  }
  const { untold = [], returned } = database;
  const found = returned?.epoch === epoch ? [returned.divergence] : [];
  for (const folder of untold) found.push(await examineOldData(lab, deployment, store, database, folder));
  database.returned = { epoch, divergence: together(found) };
  database.untold = undefined;
  await removeOldData(database, Math.max(KEPT, untold.length));
  return database.returned.divergence;
}

async function makeStandby(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  database: Database,
  epoch: number,
): Promise<void> {
  const site = siteOf(deployment, database.region);
  await stopDatabase(site, database);
  if (await followsInPlace(lab, deployment, store, database)) return;
  await stopDatabase(site, database);
  await putAside(database, epoch);
  await createStandby(lab, deployment, store, database);
}

function together(found: Divergence[]): Divergence {
  if (found.length === 0) {
    return { rows: [], kept: 'all of it is part of the present history; the standby runs on it', complete: true };
  }
  return {
    rows: found.flatMap(({ rows }) => rows),
    kept: found.map(({ kept }) => kept).join('; '),
    complete: found.every(({ complete }) => complete),
  };
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

/** Both say so: a standby alone may be connected to a primary that was. */
async function follows(lab: Lab, store: Store, primary: Database, database: Database): Promise<boolean> {
  try {
    const { region } = database;
    const { streaming, replayPaused } = await databaseState(accessTo(lab, store, database));
    const listed = await withDatabase(accessTo(lab, store, primary), (client) => streamingStandbys(client, [region]));
    return streaming && !replayPaused && listed.includes(region);
  } catch {
    return false;
  }
}
