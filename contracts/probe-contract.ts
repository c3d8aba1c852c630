/**
 * What an application offers so that Meridian can prove a deployment. The sample application implements it; an
 * application that does not is deployed all the same, and the checks that need it are `not-measured`.
 */

/** 200 while the process works; does not look at databases. Load balancers ask this. */
export const LIVE_PATH = '/health/live';
/** 200 when requests can be served, databases included. Global health checks and step 3 ask this. */
export const READY_PATH = '/health/ready';

/** `PUT` stores a numbered write durably and answers 201 only then; repeating a number is harmless. */
export function writePath(writer: string, seq: number): string {
  return `/probe/writes/${writer}/${seq}`;
}

/**
 * Where an application on PostgreSQL keeps the writes of `writePath`, so that a drill can count the survivors with one
 * query: columns `writer text`, `seq bigint`, primary key both.
 */
export const PROBE_TABLE = 'meridian_probe_writes';

/** `GET` answers 200 when the local database has that write, 404 when not. */
export function readPath(writer: string, seq: number): string {
  return `/probe/reads/${writer}/${seq}`;
}

/** `GET` answers 200 after one small query on the local database: what the latency SLA times. */
export const TIMED_READ_PATH = '/probe/reads';

/** Names the world location a request comes from; the lab’s edge adds the distance. */
export const LOCATION_HEADER = 'x-meridian-location';
/** Names the region that served a request. */
export const REGION_HEADER = 'x-meridian-region';

/**
 * Environment of a task for each data store it uses; STORE is the store name in capitals, dashes as underscores.
 * `STORE_HOST`/`STORE_PORT` follow the primary, `STORE_READ_HOST`/`STORE_READ_PORT` is the database of the region.
 */
export function storeVariables(
  store: string,
): Record<'host' | 'port' | 'readHost' | 'readPort' | 'database' | 'user' | 'password', string> {
  const prefix = store.toUpperCase().replaceAll('-', '_');
  return {
    host: `${prefix}_HOST`,
    port: `${prefix}_PORT`,
    readHost: `${prefix}_READ_HOST`,
    readPort: `${prefix}_READ_PORT`,
    database: `${prefix}_DATABASE`,
    user: `${prefix}_USER`,
    password: `${prefix}_PASSWORD`,
  };
}
