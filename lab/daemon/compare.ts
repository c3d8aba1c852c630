import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { positionBytes } from '../../contracts/log-position';
import { oneRow, withDatabase } from '../postgres/connect';
import { applicationTables, type ContentDigest, contentDigest } from '../postgres/content-digest';
import { databaseState } from '../postgres/database-state';
import type { Comparison } from './daemon-protocol';
import { accessTo } from './databases';
import { type Deployment, databaseOf, type Lab, type Store, storeOf } from './lab-state';

/** Writes wait at most this long for a comparison, and a standby has this long to reach the position. */
const CATCH_UP_WITHIN_MS = 3_000;
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Compares the content of a store's databases at one position of the log: the primary's tables are locked against
 * writes while its standbys reach that position and are read. A database that does not answer or does not get there is
 * shown as it is, and then the store is not consistent.
 */
export async function compare(
  lab: Lab,
  deployment: Deployment,
  input: { store: string; regions: string[] },
): Promise<Comparison> {
  const store = storeOf(deployment, input.store);
  const primary = databaseOf(deployment, store.primary ?? input.regions[0] ?? '', store.name);
  const regions = await withDatabase({ ...accessTo(lab, store, primary), database: store.name }, async (client) => {
    const locked = await lockWrites(client);
    const rows = await Promise.all(input.regions.map((region) => digestAt(lab, deployment, store, region, locked)));
    await client.query('rollback');
    return rows;
  });
  const consistent = regions.every(({ digest }) => digest === regions[0]?.digest && digest !== '');
  return { consistent, regions };
}

/** What is compared: these tables (one that is created meanwhile is not), at this position of the log. */
interface Locked {
  tables: string[];
  position: string;
}

/** Returns the position up to which everything is committed; the lock ends with the transaction. */
async function lockWrites(client: Client): Promise<Locked> {
  await client.query(`begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
  const tables = await applicationTables(client);
  if (tables.length > 0) await client.query(`lock table ${tables.join(', ')} in share mode`);
  const flushed = 'select pg_current_wal_flush_lsn()::text as position';
  return { tables, position: (await oneRow<{ position: string }>(client, flushed)).position };
}

async function digestAt(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  region: string,
  { tables, position }: Locked,
): Promise<Comparison['regions'][number]> {
  const unknown: ContentDigest = { rows: 0, digest: '' };
  const database = deployment.sites.get(region)?.databases.get(store.name);
  if (!database) return { region, ...unknown };
  const access = accessTo(lab, store, database);
  try {
    const deadline = Date.now() + CATCH_UP_WITHIN_MS;
    while (positionBytes((await databaseState(access)).replayed) < positionBytes(position) && Date.now() < deadline) {
      await sleep(20);
    }
    return {
      region,
      ...(await withDatabase({ ...access, database: store.name }, (client) => contentDigest(client, tables))),
    };
  } catch {
    return { region, ...unknown };
  }
}
