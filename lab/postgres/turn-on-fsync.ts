import { type AdministratorAccess, withDatabase } from './connect';

/**
 * First line of `postgresql.auto.conf` of a database that is being made: while it is, nothing has to survive the
 * machine, and syncing a thousand fresh files is most of the time that it would take.
 */
export const FSYNC_OFF = 'fsync = off\n';

/** Ends that: from here on a commit is on disk before it is acknowledged. */
export function turnOnFsync(access: AdministratorAccess): Promise<void> {
  return withDatabase(access, async (client) => {
    await client.query('alter system reset fsync');
    await client.query('select pg_reload_conf()');
  });
}
