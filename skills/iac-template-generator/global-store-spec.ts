import type { GlobalStoreSpec } from '../../contracts/region-spec';
import type { StoreReplication } from '../../contracts/replication';
import type { DataStoreRequest, DeploymentRequest } from '../../contracts/request';
import { isDeletionProtected } from '../../policies/stateful-resources';
import { type LiveRegions, UnrenderableError } from './schema';
import { planOf } from './store-plan';

export interface GlobalStoreInput {
  store: DataStoreRequest;
  region: string;
  environment: string;
  plans: StoreReplication[];
  live: LiveRegions | undefined;
}

/** A DynamoDB or S3 store as one region sees it; none where it has no copy. */
export function globalStoreSpec({ store, region, environment, plans, live }: GlobalStoreInput): GlobalStoreSpec[] {
  const plan = planOf(store.name, plans);
  const regions = [plan.primary, ...plan.replicas];
  if (!regions.includes(region)) return [];
  const standing = live?.specs.flatMap(({ globalStores }) => globalStores).find(({ name }) => name === store.name);
  const home = standing?.home ?? plan.primary;
  if (standing) checkMoves(standing, regions, environment);
  const shared = { name: store.name, home, regions, lagAlarmSeconds: plan.lagThresholdMs / 1_000 };
  if (store.engine === 'dynamodb') return [{ engine: 'dynamodb', ...shared }];
  const copiesTo = copyTargets(region, { home, writer: plan.primary, regions, live: standing?.regions ?? [] });
  return [{ engine: 's3', ...shared, writer: plan.primary, copiesTo }];
}

/**
 * The home sends to every other region. A region that took over sends to those whose buckets stand already: S3 refuses a
 * rule for a bucket that does not exist, and what a change adds is made at the same time.
 */
function copyTargets(
  region: string,
  { home, writer, regions, live }: { home: string; writer: string; regions: string[]; live: string[] },
): string[] {
  const others = regions.filter((other) => other !== region);
  if (region === home) return others;
  return region === writer ? others.filter((other) => live.includes(other)) : [];
}

/** A table or bucket that is left out would go with its home, in all regions: other stores are kept by the planned changes. */
export function checkStoresStay({ dataStores }: DeploymentRequest, live: LiveRegions | undefined): void {
  const standing = live?.specs.flatMap(({ globalStores }) => globalStores) ?? [];
  const left = standing.find(
    ({ name, engine }) => !dataStores.some((one) => one.name === name && one.engine === engine),
  );
  if (!left) return;
  throw new UnrenderableError({
    field: 'dataStores',
    received: `no ${left.engine} store ${left.name}, which is live in ${left.regions.join(', ')}`,
    valid: `stores with ${left.name}: a deployment never destroys data, retiring the whole does`,
  });
}

function checkMoves(
  { engine, name, home, regions: live }: GlobalStoreSpec,
  regions: string[],
  environment: string,
): void {
  const field = `dataStores.${name}`;
  if (!regions.includes(home)) {
    const received = `regions ${regions.join(', ')}, without ${home}, whose stack holds it`;
    throw new UnrenderableError({ field, received, valid: `regions with ${home}, or another store` });
  }
  if (engine !== 'dynamodb') return;
  const left = live.filter((region) => !regions.includes(region));
  if (left.length > 0 && isDeletionProtected(environment)) {
    const received = `regions ${regions.join(', ')}, without ${left.join(', ')}, whose copy is protected from deletion`;
    throw new UnrenderableError({
      field,
      received,
      valid: `regions with ${left.join(', ')}: in production AWS refuses to delete a copy of a global table, and only retiring the whole deployment lifts that`,
    });
  }
  const moved = [...regions.filter((region) => !live.includes(region)), ...left];
  if (moved.length <= 1) return;
  throw new UnrenderableError({
    field,
    received: `a change of ${moved.join(', ')} at once`,
    valid: 'one region more or fewer at a time: CloudFormation changes one replica of a global table per update',
  });
}
