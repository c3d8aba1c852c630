import type { GlobalStoreSpec, RegionSpec } from '../../contracts/region-spec';
import { tableName } from '../../contracts/template-words';
import { bucketName } from './bucket';

/**
 * What becomes of the copies of tables and buckets that a change leaves out, one line each, for the person who approves
 * it: a copy of a table goes long before its region does, and a bucket never goes by itself.
 */
export function leavingCopies(live: readonly RegionSpec[], wanted: readonly RegionSpec[]): string[] {
  const copies = new Set(
    wanted.flatMap(({ region, globalStores }) => globalStores.map(({ name }) => `${name} ${region}`)),
  );
  return live.flatMap((spec) =>
    spec.globalStores
      .filter(({ name }) => !copies.has(`${name} ${spec.region}`))
      .map((store) => (store.engine === 's3' ? bucketStays(spec, store) : copyGoes(spec, store))),
  );
}

function copyGoes(spec: RegionSpec, { name, home }: GlobalStoreSpec): string {
  const table = tableName(spec, name);
  return `the copy of ${table} in ${spec.region} is deleted when the data stack of ${home} changes, before anything is validated; undoing copies it again from the other regions`;
}

function bucketStays(spec: RegionSpec, { name }: GlobalStoreSpec): string {
  const bucket = bucketName(spec, name, spec.region).replace(`\${AWS::AccountId}`, '<account id>');
  return `the bucket of ${name} in ${spec.region} stays, with its data and its cost, as ${bucket}: delete it by hand, or ${spec.region} cannot be added again`;
}
