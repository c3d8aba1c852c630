import { Client } from 'pg';
import { ADMINISTRATOR } from './settings';

export interface AdministratorAccess {
  port: number;
  password: string;
  caCertificate: string;
  database?: string;
  /** a database that does not answer within this time counts as unreachable */
  timeoutMs?: number;
  /** a query that is not answered within this time fails and loses its connection; unlimited when left out */
  queryTimeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 2_000;

/** Opens a connection as administrator. Throws what the driver throws. */
export async function connectTo(access: AdministratorAccess): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port: access.port,
    user: ADMINISTRATOR,
    password: access.password,
    database: access.database ?? 'postgres',
    ssl: { ca: access.caCertificate },
    connectionTimeoutMillis: access.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    ...(access.queryTimeoutMs !== undefined && { query_timeout: access.queryTimeoutMs }),
  });
  // a server that dies under an idle connection says so here; the next query says it again, to whoever asked
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Runs `work` on one connection as administrator and closes it. Throws what the driver throws. */
export async function withDatabase<R>(access: AdministratorAccess, work: (client: Client) => Promise<R>): Promise<R> {
  const client = await connectTo(access);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The first row of a query that always answers one. */
export async function oneRow<R extends object>(client: Client, text: string, values: unknown[] = []): Promise<R> {
  const { rows } = await client.query<R>(text, values);
  const row = rows[0];
  if (!row) throw new Error(`no row from: ${text}`);
  return row;
}
