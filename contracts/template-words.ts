import { storeVariables } from './probe-contract';

/**
 * Words that the renderer writes into templates and the reader looks for. Everything else the reader takes from the
 * properties that the cloud itself acts on.
 */

/** Key of the metadata block for words that CloudFormation has no property for. */
export const TEMPLATE_METADATA = 'Meridian';

/** Tag of a subnet: which tier of the network it is. */
export const TAG_TIER = 'meridian:tier';
/** Tag of a database: which data store of the request it holds. */
export const TAG_STORE = 'meridian:store';

export const POSTGRESQL_PORT = 5432;

export interface ApplicationKey {
  application: string;
  environment: string;
}

/** The private DNS zone in which a region finds its databases; every region has its own copy. */
export function privateZone({ application, environment }: ApplicationKey): string {
  return `${application}-${environment}.internal`;
}

/** The database that takes writes, wherever it is now: traffic shifts repoint this name. */
export function writerHost(key: ApplicationKey, store: string): string {
  return `${store}.${privateZone(key)}`;
}

/** The database of the region itself. */
export function readerHost(key: ApplicationKey, store: string): string {
  return `${store}-read.${privateZone(key)}`;
}

/** PostgreSQL names take no dashes without quoting. */
export function databaseName(store: string): string {
  return store.replaceAll('-', '_');
}

/** The name of a table, the same in all its regions. Dots, which names cannot have, keep the parts apart. */
export function tableName({ application, environment }: ApplicationKey, store: string): string {
  return `${application}.${environment}.${store}`;
}

/** Names of the variables that tell a task of a store that is no database: its table, or its buckets. */
export function globalStoreVariables(
  store: string,
): Record<'table' | 'bucket' | 'bucketRegion' | 'readBucket', string> {
  const prefix = store.toUpperCase().replaceAll('-', '_');
  return {
    table: `${prefix}_TABLE`,
    bucket: `${prefix}_BUCKET`,
    bucketRegion: `${prefix}_BUCKET_REGION`,
    readBucket: `${prefix}_READ_BUCKET`,
  };
}

/** Variables that every task gets: the port to listen on and the region it runs in. */
export const PORT_VARIABLE = 'PORT';
export const REGION_VARIABLE = 'MERIDIAN_REGION';

/** Names that a request may not set itself, because the renderer sets them: base variables and those of the stores used. */
export function reservedVariables(uses: string[]): Set<string> {
  const stores = uses.flatMap((store) => [storeVariables(store), globalStoreVariables(store)]);
  return new Set([PORT_VARIABLE, REGION_VARIABLE, ...stores.flatMap((names) => Object.values<string>(names))]);
}
