import type { Finding } from '../../../contracts/finding';
import type { DatabaseSpec, RegionSpec } from '../../../contracts/region-spec';
import type { SecurityRule } from '../schema';

/** After a change of roles, databases that do not follow the primary: they keep their data and protect nothing. */
export const detachedDatabases: SecurityRule = ({ specs }) =>
  specs.flatMap((spec) =>
    spec.databases.flatMap((database) => {
      const primary = specs.find(({ databases }) =>
        databases.some(({ name, role }) => name === database.name && role === 'primary'),
      );
      const reason = detachment(database, primary);
      return reason ? [finding(spec, database, reason)] : [];
    }),
  );

function detachment({ role, sourceRegion }: DatabaseSpec, primary: RegionSpec | undefined): string | undefined {
  if (role === 'detached') return 'has no part in replication since the primary changed';
  if (role !== 'replica' || sourceRegion === primary?.region) return undefined;
  return `still follows ${sourceRegion}, which takes no writes since ${primary?.region ?? 'another region'} is the primary`;
}

function finding(spec: RegionSpec, { name }: DatabaseSpec, reason: string): Finding {
  return {
    rule: 'detached-databases',
    severity: 'medium',
    where: `${spec.region}/data/${name}`,
    message: `${name} in ${spec.region} ${reason}; its template keeps it as it is, with its data`,
    fix: `rejoin ${spec.region}, or remove it from the regions once its data is no longer needed`,
  };
}
