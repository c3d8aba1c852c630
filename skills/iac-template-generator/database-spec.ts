import type { DatabaseSpec } from '../../contracts/region-spec';
import type { StoreReplication } from '../../contracts/replication';
import type { DataStoreRequest, DeploymentRequest } from '../../contracts/request';
import type { TopologyRegion } from '../../contracts/topology';
import { instanceClassIn, isMultiAz } from '../../policies/region-sizes';
import type { LiveRegions } from './schema';
import { planOf, type SatisfiablePlan } from './store-plan';

/** What RDS offers when a request names no version; a major version means its newest minor one. */
const DEFAULT_POSTGRESQL_VERSION = '18';

export interface DatabaseSpecInput {
  store: DataStoreRequest;
  region: TopologyRegion;
  /** ids of all regions of the deployment */
  regions: string[];
  request: DeploymentRequest;
  plans: StoreReplication[];
  live: LiveRegions | undefined;
}

type Lineage = Pick<DatabaseSpec, 'role' | 'sourceRegion' | 'copiedFrom'>;

/** The database of one PostgreSQL store in one region; none where it is neither primary nor replica. */
export function databaseSpec(input: DatabaseSpecInput): DatabaseSpec[] {
  const { store, region, request } = input;
  const plan = planOf(store.name, input.plans);
  if (![plan.primary, ...plan.replicas].includes(region.region)) return [];
  const standing = input.live?.specs
    .find((spec) => spec.region === region.region)
    ?.databases.find(({ name }) => name === store.name);
  const lineage = standing
    ? liveLineage(standing, region.region === plan.primary, input.regions)
    : newLineage(region.region, plan.primary);
  if (standing && lineage.role === 'detached') return [detached(standing, lineage)];
  return [
    {
      name: store.name,
      engine: 'postgresql',
      version: store.version ?? DEFAULT_POSTGRESQL_VERSION,
      ...lineage,
      instanceClass: instanceClassIn(region, store, request),
      storageGb: store.storageGb,
      multiAz: isMultiAz(region, request),
      encrypted: true,
      ...replicationOf(plan, region.region),
      lagAlarmSeconds: plan.lagThresholdMs / 1_000,
    },
  ];
}

/** Every database of a store knows it, whatever its role is now: any that is promotable may be the next primary. */
function replicationOf(
  { mode, readers }: SatisfiablePlan,
  region: string,
): Pick<DatabaseSpec, 'replication' | 'quorum' | 'whenDegraded' | 'promotable'> {
  const promotable = !readers.includes(region);
  return mode.kind === 'synchronous'
    ? { replication: mode.kind, quorum: mode.quorum, whenDegraded: mode.whenDegraded, promotable }
    : { replication: mode.kind, promotable };
}

function newLineage(region: string, primary: string): Lineage {
  return region === primary ? { role: 'primary' } : { role: 'replica', sourceRegion: primary };
}

/**
 * What a database that stands may become without being made again: a replica is promoted by losing its source, which
 * nothing can give back; so a former primary stays detached, and a replica keeps the source it was made with. Rejoining
 * is an operation of its own, not a template.
 */
function liveLineage({ role, sourceRegion, copiedFrom }: DatabaseSpec, isPrimary: boolean, regions: string[]): Lineage {
  const origin = sourceRegion ?? copiedFrom;
  const copied = origin === undefined ? {} : { copiedFrom: origin };
  if (isPrimary) return { role: 'primary', ...copied };
  const follows = role === 'replica' && sourceRegion !== undefined && regions.includes(sourceRegion);
  return follows ? { role, sourceRegion } : { role: 'detached', ...copied };
}

function detached(standing: DatabaseSpec, lineage: Lineage): DatabaseSpec {
  const { sourceRegion: _sourceRegion, ...kept } = standing;
  return { ...kept, ...lineage };
}
