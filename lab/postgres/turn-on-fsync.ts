import { type AdministratorAccess, withDatabase } from './connect';

/** Ends `FSYNC_OFF` of a new database: from here on a commit is on disk before it is acknowledged. */
export function turnOnFsync(access: AdministratorAccess): Promise<void> {
  return withDatabase(access, async (client) => {
    await client.query('alter system reset fsync');
    await client.query('select pg_reload_conf()');
  });
}
