import type { StoreReplication } from '../contracts/replication';

/** The copies of a store that may be promoted. Plans of older versions name no readers. */
export function standbysOf({
  replicas,
  readers = [],
}: Pick<StoreReplication, 'replicas'> & Partial<Pick<StoreReplication, 'readers'>>): string[] {
  return replicas.filter((region) => !readers.includes(region));
}
