import type { DatabaseStatus } from '../../contracts/replication';
import { databaseState } from '../postgres/database-state';
import { replicationLag } from '../postgres/replication-lag';
import { accessTo } from './databases';
import { type Database, type Deployment, type Lab, type Store, storeOf } from './lab-state';
import { readLease } from './leases';

/** What a database says it is and how far behind. One that does not answer is `unknown`, and so is a lag nobody can tell. */
export async function databaseStatus(
  lab: Lab,
  deployment: Deployment,
  input: { store: string; region: string },
): Promise<DatabaseStatus> {
  const store = storeOf(deployment, input.store);
  // sentinels may have moved the primary; a store whose leases nobody can read keeps the one that was seen last
  await readLease(deployment, store).catch(() => undefined);
  const database = deployment.sites.get(input.region)?.databases.get(input.store);
  const unknown: DatabaseStatus = { region: input.region, store: input.store, reachable: false, role: 'unknown' };
  if (!database) return unknown;
  try {
    const state = await databaseState(accessTo(lab, store, database));
    const { role, timeline, position, replayed } = state;
    const status: DatabaseStatus = {
      ...unknown,
      reachable: true,
      role,
      timeline,
      receivedLsn: position,
      replayedLsn: replayed,
    };
    const primary = primaryOf(deployment, store);
    if (role === 'primary' || !primary) return status;
    const { since, region } = database;
    const lag = await replicationLag(accessTo(lab, store, primary), { region, state, since }).catch(() => undefined);
    return { ...status, ...lag };
  } catch {
    return unknown;
  }
}

function primaryOf(deployment: Deployment, store: Store): Database | undefined {
  return store.primary ? deployment.sites.get(store.primary)?.databases.get(store.name) : undefined;
}
