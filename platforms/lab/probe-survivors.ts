import { Client } from 'pg';
import { PROBE_TABLE } from '../../contracts/probe-contract';
import type { DaemonClient } from '../../lab/daemon/daemon-client';
import type { DatabaseConnection } from '../../lab/daemon/daemon-protocol';
import type { DeploymentScope } from '../platform';
import { PlatformError } from '../platform-error';

const CONNECT_TIMEOUT_MS = 5_000;
/** PostgreSQL’s code for a table that does not exist. */
const UNDEFINED_TABLE = '42P01';

/**
 * The numbers of one writer that the present primary of a deployment holds, ascending: one query on the database
 * itself. An application with several stores keeps them in one; all are asked.
 * Throws `Platform.Unavailable` when a primary is not known or does not answer: that is not the same as "no numbers".
 */
export async function survivingNumbers(
  daemon: DaemonClient,
  scope: DeploymentScope,
  writer: string,
): Promise<number[]> {
  const stores = await daemon.call('data.stores', scope);
  const found = await Promise.all(
    stores.map(async ({ store, primary }) => {
      if (!primary) throw new PlatformError('Platform.Unavailable', `store ${store} has no known primary`);
      const connection = await daemon.call('data.connection', { ...scope, store, region: primary });
      return numbersIn(connection, writer).catch((error: Error & { code?: string }) => {
        if (error.code === UNDEFINED_TABLE) return [];
        const details = { region: primary, resource: store };
        throw new PlatformError('Platform.Unavailable', `primary of ${store}: ${error.message}`, details);
      });
    }),
  );
  return found.flat().sort((a, b) => a - b);
}

async function numbersIn({ caCertificate, ...access }: DatabaseConnection, writer: string): Promise<number[]> {
  const client = new Client({
    ...access,
    ssl: { ca: caCertificate },
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ seq: string }>(`select seq from ${PROBE_TABLE} where writer = $1`, [writer]);
    return rows.map(({ seq }) => Number(seq));
  } finally {
    await client.end().catch(() => undefined);
  }
}
