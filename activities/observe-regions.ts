import { setTimeout as sleep } from 'node:timers/promises';
import { LIVE_PATH } from '../contracts/probe-contract';
import type {
  CheckResult,
  LeaseSight,
  RegionObservation,
  ServiceLook,
  WatchedDeployment,
} from '../contracts/region-observation';
import type { DatabaseStatus } from '../contracts/replication';
import type { DeploymentKey } from '../contracts/workflow-ids';
import type { Platform } from '../platforms/platform';
import { PlatformError } from '../platforms/platform-error';
import { scoreCompute, scoreDatabases, scoreReplication, scoreTraffic, unseen } from '../policies/health/scores';

/** A vantage point that has not answered by then sees nothing. */
const LOOK_TIMEOUT_MS = 8_000;

export interface WatchTarget {
  platform: Platform;
  deployment: WatchedDeployment;
  key: DeploymentKey;
}

type Seen<T> = { value: T } | { why: string; refused: boolean };
type TrafficHealth = Awaited<ReturnType<Platform['traffic']['health']>>;
type StoreStatus = DatabaseStatus & { lagThresholdMs: number };

/** One look at some regions, all at once. */
export async function observeRegions(target: WatchTarget, regions: readonly string[]): Promise<RegionObservation[]> {
  const { platform, deployment } = target;
  const health = await look(() => platform.traffic.health(deployment.hostname));
  return Promise.all(regions.map((region) => observeRegion(target, region, health)));
}

async function observeRegion(
  target: WatchTarget,
  region: string,
  health: Seen<TrafficHealth>,
): Promise<RegionObservation> {
  const { platform, deployment } = target;
  const at = { ...scopeOf(target), region };
  const stores = deployment.stores.filter((store) => store.regions.includes(region));
  const [compute, ...databases] = await Promise.all([
    // liveness: readiness needs the databases, which are looked at by themselves
    look(() => platform.probes.region({ ...at, path: LIVE_PATH })),
    ...stores.map(({ store, lagThresholdMs }) =>
      look<StoreStatus>(async () => ({ ...(await platform.data.status({ ...at, store })), lagThresholdMs })),
    ),
  ]);
  // A store whose kind the platform cannot tell about is not looked at; that is not the same as not seeing it.
  const asked = databases.filter((seen) => 'value' in seen || !seen.refused);
  const statuses = asked.flatMap((seen) => ('value' in seen ? [seen.value] : []));
  const blind = asked.flatMap((seen) => ('why' in seen ? [seen.why] : []))[0];
  const services: ServiceLook[] = [
    'value' in compute ? scoreCompute(compute.value) : unseen('compute', compute.why),
    ...(asked.length > 0 ? databaseLooks(statuses, blind) : []),
    // A region that was taken out of traffic on purpose proves nothing by not getting any.
    ...(deployment.drained.includes(region) ? [] : [trafficLook(health, region)]),
  ];
  return {
    region,
    services,
    lags: statuses.flatMap(({ store, role, lagMs }) =>
      role === 'standby' && lagMs !== undefined ? [{ store, lagMs }] : [],
    ),
    unencrypted: statuses.filter(({ role, tls }) => role === 'standby' && tls === false).map(({ store }) => store),
  };
}

/** One database that was not seen spoils the picture of all, unless none of the others answers either. */
function databaseLooks(statuses: readonly StoreStatus[], blind: string | undefined): ServiceLook[] {
  if (blind !== undefined) return [unseen('database', blind), unseen('replication', blind)];
  const replication = scoreReplication(statuses);
  return [scoreDatabases(statuses), ...(replication ? [replication] : [])];
}

function trafficLook(health: Seen<TrafficHealth>, region: string): ServiceLook {
  return 'value' in health ? scoreTraffic(health.value, region) : unseen('traffic', health.why);
}

/** Who may write each store, as the platform has it; nothing where it keeps no leases. Why not, where one could not be read. */
export async function readLeases(target: WatchTarget): Promise<Pick<CheckResult, 'leases' | 'leasesUnread'>> {
  const { platform, deployment } = target;
  const seen = await Promise.all(
    deployment.stores.map(async ({ store }) => ({
      store,
      lease: await look(() => platform.data.lease({ ...scopeOf(target), store })),
    })),
  );
  const leases = seen.flatMap(({ store, lease }): LeaseSight[] => {
    if (!('value' in lease) || !lease.value) return [];
    const { holder, epoch } = lease.value;
    return [{ store, epoch, ...(holder !== undefined && { holder }) }];
  });
  const unread = seen.find(({ lease }) => 'why' in lease && !lease.refused);
  const why = unread && 'why' in unread.lease && `${unread.store}: ${unread.lease.why}`;
  return { leases, ...(why && { leasesUnread: why }) };
}

/** Regions that the hostname leads to now; undefined when that cannot be told. */
export async function answeringRegions({ platform, deployment }: WatchTarget): Promise<string[] | undefined> {
  const seen = await look(() => platform.traffic.resolve(deployment.hostname));
  return 'value' in seen ? seen.value.regions : undefined;
}

function scopeOf({ deployment, key }: WatchTarget) {
  const { application, environment } = key;
  return { account: deployment.account, application, environment };
}

/** "I cannot see it" is an answer: a look never throws. */
async function look<T>(see: () => Promise<T>): Promise<Seen<T>> {
  const ended = new AbortController();
  const late = sleep(LOOK_TIMEOUT_MS, undefined, { signal: ended.signal }).then(
    () => ({ why: `no answer within ${LOOK_TIMEOUT_MS / 1_000} s`, refused: false }),
    () => ({ why: '', refused: false }),
  );
  try {
    return await Promise.race([
      Promise.resolve()
        .then(see)
        .then((value) => ({ value })),
      late,
    ]);
  } catch (error) {
    const refused = error instanceof PlatformError && error.type === 'Platform.Refused';
    return { why: error instanceof Error ? error.message : String(error), refused };
  } finally {
    ended.abort();
  }
}
