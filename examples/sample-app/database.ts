import { Pool, type QueryResult } from 'pg';
import { PROBE_TABLE } from '../../contracts/probe-contract';
import type { DatabaseEndpoint } from './settings';

/** A connection over a long link takes six round trips with TLS and SCRAM: 1.3 s at 220 ms. */
const CONNECT_TIMEOUT_MS = 2_000;
const QUERY_TIMEOUT_MS = 2_000;

/**
 * A write holds its connection for a round trip to the primary and, with synchronous replication, for one from there to a
 * standby: 128 ms where each is 64 ms, so ten connections make 78 of them in a second.
 */
const MOST_WRITERS = 10;
/** Reads are of the region's own database. */
const MOST_READERS = 4;
/** Connections over long links are expensive to make: so many are kept, the others are given back. */
const KEPT_CONNECTIONS = 4;
const IDLE_MS = 30_000;

/**
 * Who would have to wait behind so many, half a second at that rate, is refused at once. A longer queue would serve
 * everybody just too late, and would never end while more arrive than can be served.
 */
const MOST_WAITING = 40;

/** Tasks that start together must not create the tables at the same moment: PostgreSQL would fail one of them. */
const SCHEMA = `
select pg_advisory_xact_lock(7014501);
create table if not exists orders (
  id bigint generated always as identity primary key,
  item text not null,
  quantity integer not null,
  created_at timestamptz not null default now());
create table if not exists ${PROBE_TABLE} (
  writer text not null,
  seq bigint not null,
  primary key (writer, seq));`;

/** `refused`: nothing was changed. `unknown`: the connection broke while the database worked on it. */
export class DatabaseFailure extends Error {
  constructor(
    readonly outcome: 'refused' | 'unknown',
    cause: Error,
  ) {
    super(cause.message);
  }

  /** PostgreSQL’s error code, when the database itself said no */
  code: string | undefined;
}

/** One endpoint of the data store, by a small pool that outlives restarts and failovers of the server behind it. */
export class Database {
  private readonly pool: Pool;

  constructor(endpoint: DatabaseEndpoint, use: 'writes' | 'reads') {
    this.pool = new Pool({
      ...endpoint,
      max: use === 'writes' ? MOST_WRITERS : MOST_READERS,
      min: KEPT_CONNECTIONS,
      idleTimeoutMillis: IDLE_MS,
      ssl: { rejectUnauthorized: false },
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    });
    // a broken connection is not an error of the application: its query hears of it, the next one makes a new one;
    // without a listener of its own a connection that breaks under a query would end the process
    this.pool.on('error', (error) => console.log(`lost an idle connection: ${error.message}`));
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /**
   * Runs one statement in a transaction of its own, unless nobody waits for it any more once there is a connection: after
   * an outage that work would be in the way of what is wanted now. Throws DatabaseFailure, at once when too many wait.
   */
  async query(text: string, values?: unknown[], wanted?: AbortSignal): Promise<QueryResult> {
    if (this.pool.waitingCount >= MOST_WAITING) {
      throw new DatabaseFailure('refused', new Error(`${MOST_WAITING} requests wait for the database already`));
    }
    return this.run(text, values, wanted);
  }

  /** Whether it answers, also while many wait: being busy is not being out of order. Throws DatabaseFailure. */
  async ping(): Promise<void> {
    await this.run('select 1');
  }

  async createTables(): Promise<void> {
    await this.run(SCHEMA);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async run(text: string, values?: unknown[], wanted?: AbortSignal): Promise<QueryResult> {
    const client = await this.pool.connect().catch((error: Error) => {
      throw new DatabaseFailure('refused', error);
    });
    if (wanted?.aborted) {
      client.release();
      throw new DatabaseFailure('refused', new Error('nobody waits for the answer any more'));
    }
    try {
      const result = await client.query(text, values);
      client.release();
      return result;
    } catch (error) {
      const failure = failureOf(error as PostgresError);
      client.release(failure.outcome === 'unknown');
      throw failure;
    }
  }
}

interface PostgresError extends Error {
  severity?: string;
  code?: string;
}

/** A statement that ends with an ERROR was rolled back; a FATAL or a broken connection says nothing about it. */
function failureOf(error: PostgresError): DatabaseFailure {
  const failure = new DatabaseFailure(error.severity === 'ERROR' ? 'refused' : 'unknown', error);
  failure.code = error.code;
  return failure;
}

/** The table does not exist (yet). */
export function isMissingTable(error: unknown): boolean {
  return error instanceof DatabaseFailure && error.code === '42P01';
}
