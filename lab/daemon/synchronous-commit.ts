import { withDatabase } from '../postgres/connect';
import { accessTo } from './databases';
import { type Deployment, databaseOf, databasesOf, type Lab, type Store } from './lab-state';

/**
 * For a store with synchronous replication: a commit waits for one standby, whichever, as soon as there is one that is
 * meant to run. A new primary without a standby takes unprotected writes rather than none; it becomes protected with
 * the first that follows. Does nothing for asynchronous stores.
 */
export async function setSynchronousStandbys(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  followers: string[],
): Promise<void> {
  if (!store.primary) return;
  if (!databasesOf(deployment, store.name).some(({ spec }) => spec.replication === 'synchronous')) return;
  const names = followers.length > 0 ? `ANY 1 (${followers.map((region) => `"${region}"`).join(', ')})` : '';
  await withDatabase(accessTo(lab, store, databaseOf(deployment, store.primary, store.name)), async (client) => {
    await client.query(`alter system set synchronous_standby_names = ${client.escapeLiteral(names)}`);
    await client.query('select pg_reload_conf()');
  });
}

/** Regions of the standbys that stream from the present primary right now. */
export async function followersOf(lab: Lab, deployment: Deployment, store: Store): Promise<string[]> {
  const primary = databaseOf(deployment, store.primary ?? '', store.name);
  return withDatabase(accessTo(lab, store, primary), async (client) => {
    const { rows } = await client.query<{ region: string }>(
      `select application_name as region from pg_stat_replication where state = 'streaming' order by 1`,
    );
    return rows.map(({ region }) => region);
  });
}
