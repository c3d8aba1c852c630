import type { StoreReplication } from '../../contracts/replication';
import { measure, platform, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';

/** A standby that was away has a whole outage to catch up with. */
const CATCH_UP_MS = 30_000;

/** Claimed in the record before the platform sees it: an act with an older epoch is refused from then on. */
export async function claimNextEpoch(run: DeploymentRun): Promise<void> {
  run.epoch += 1;
  await quick.claimEpoch(`claim epoch ${run.epoch}`, { ...run.scope, epoch: run.epoch });
}

/** Promotes and records, both by compare-and-set on the primary that is expected. */
export async function makePrimary(
  run: DeploymentRun,
  { store }: StoreReplication,
  from: string,
  to: string,
): Promise<void> {
  const input = { ...run.on, store, region: to, expectedPrimary: from, epoch: run.epoch };
  await platform.promoteDatabase(`${to}: promote`, input);
  await quick.recordPrimary(`record primary ${to}`, { ...run.scope, expected: from, primary: to });
}

/** A region whose database was fenced returns as a standby of the present primary. */
export async function rejoin(
  run: DeploymentRun,
  { store, lagThresholdMs }: StoreReplication,
  region: string,
): Promise<void> {
  run.progress.region(region, 'replicating', `${store} rejoins as a standby`);
  await platform.rejoinDatabase(`${region}: rejoin as a standby`, { ...run.on, store, region, epoch: run.epoch });
  await measure.awaitReplication(`${region}: catch up`, {
    ...run.on,
    store,
    region,
    lagThresholdMs,
    timeoutMs: CATCH_UP_MS,
  });
  run.progress.region(region, 'ready', `${store} is a standby`);
}

/** A planned way back: nothing writes any more, so a clean stop loses nothing. */
export async function returnPrimary(run: DeploymentRun, store: StoreReplication, from: string): Promise<void> {
  const { primary } = store;
  await claimNextEpoch(run);
  await platform.fenceDatabase(`${from}: stop cleanly`, {
    ...run.on,
    store: store.store,
    region: from,
    epoch: run.epoch,
  });
  await makePrimary(run, store, from, primary);
  await platform.shiftTraffic(`${primary}: traffic returns`, {
    ...run.on,
    hostname: run.previewHostname,
    to: primary,
    drain: [],
    epoch: run.epoch,
  });
  await rejoin(run, store, from);
  for (const region of store.replicas.filter((replica) => replica !== from)) {
    await measure.awaitReplication(`${region}: follows ${primary}`, {
      ...run.on,
      store: store.store,
      region,
      lagThresholdMs: store.lagThresholdMs,
      timeoutMs: CATCH_UP_MS,
    });
  }
  await platform.compareDatabases(`${store.store}: compare after the drill`, {
    ...run.on,
    store: store.store,
    regions: [primary, ...store.replicas],
    timeoutMs: CATCH_UP_MS,
  });
  run.progress.region(primary, 'ready', 'primary again');
}
