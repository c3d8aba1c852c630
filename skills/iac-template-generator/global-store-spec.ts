import type { GlobalStoreSpec } from '../../contracts/region-spec';
import type { StoreReplication } from '../../contracts/replication';
import type { DataStoreRequest } from '../../contracts/request';
import { type LiveRegions, UnrenderableError } from './schema';
import { planOf } from './store-plan';

export interface GlobalStoreInput {
  store: DataStoreRequest;
  region: string;
  plans: StoreReplication[];
  live: LiveRegions | undefined;
}

/** A DynamoDB or S3 store as one region sees it; none where it has no copy. */
export function globalStoreSpec({ store, region, plans, live }: GlobalStoreInput): GlobalStoreSpec[] {
  const plan = planOf(store.name, plans);
  const regions = [plan.primary, ...plan.replicas];
  if (!regions.includes(region)) return [];
  const standing = live?.specs.flatMap(({ globalStores }) => globalStores).find(({ name }) => name === store.name);
  const home = standing?.home ?? plan.primary;
  if (standing) checkMoves(standing, regions);
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

function checkMoves({ engine, name, home, regions: live }: GlobalStoreSpec, regions: string[]): void {
  const field = `dataStores.${name}`;
  if (!regions.includes(home)) {
    const received = `regions ${regions.join(', ')}, without ${home}, whose stack holds it`;
    throw new UnrenderableError({ field, received, valid: `regions with ${home}, or another store` });
  }
  const moved = [
    ...regions.filter((region) => !live.includes(region)),
    ...live.filter((region) => !regions.includes(region)),
  ];
  if (engine !== 'dynamodb' || moved.length <= 1) return;
  throw new UnrenderableError({
    field,
    received: `a change of ${moved.join(', ')} at once`,
    valid: 'one region more or fewer at a time: CloudFormation changes one replica of a global table per update',
  });
}
