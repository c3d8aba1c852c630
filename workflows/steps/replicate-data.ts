import type { DeploymentPlan } from '../../contracts/plan';
import type { StoreReplication } from '../../contracts/replication';
import { patience } from '../../policies/patience';
import { measure, platform, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { failureTypeOf, messageOf } from '../support/failures';
import { allowTakeover } from './allow-takeover';
import { applyStacks } from './apply-stacks';
import { claimNextEpoch } from './mover';

/** A write must be readable in the farthest region within this; two slow round trips and a poll fit many times. */
const READ_BACK_MS = 5_000;

/** Step 3: the primary's data first, then the replicas one by one; then lag, readiness and consistency are looked at. */
export async function replicateData(run: DeploymentRun, plan: DeploymentPlan): Promise<string> {
  run.progress.enter('replication', 'creating data stacks, the primary first', 'replication');
  const { primary } = plan.topology;
  if (isFirstData(run, plan)) await claimNextEpoch(run);
  await applyStacks(run, plan, 'data', async ({ region }) => {
    if (region !== primary || !isFirstData(run, plan)) return;
    await quick.recordPrimary(`record primary ${primary}`, { ...run.scope, primary });
  });
  const { stores } = plan.replication;
  const { readyMs: timeoutMs } = patience(run.request.platform);
  const databases = stores.filter(({ engine }) => engine === 'postgresql');
  for (const { store, engine } of stores.filter((one) => !databases.includes(one)))
    run.progress.say(`${store}: ${engine} replicates by itself; its lag is watched by the alarms of its stack`);
  for (const store of databases) await awaitStandbys(run, store);
  await allowTakeover(run, plan);
  // Without stores there is nothing to wait for that the regions have not shown already.
  if (stores.length > 0) {
    const regions = plan.topology.regions.map(({ region }) => region);
    await measure.awaitReady('the application is ready everywhere', { ...run.on, regions, timeoutMs });
    for (const region of regions) run.progress.region(region, 'ready', 'application ready');
  }
  await applyStacks(run, plan, 'preview');
  for (const store of databases) await proveReplication(run, plan, store);
  if (stores.length === 0) return 'no data stores: nothing to replicate';
  return stores
    .map(({ store, mode, replicas }) => `${store}: ${mode.kind} to ${replicas.join(', ') || 'no replica'}`)
    .join('; ');
}

/** The first to hold data takes the writes. A redeployment finds its primary recorded; planning has made sure it is the same. */
function isFirstData({ record }: DeploymentRun, { replication }: DeploymentPlan): boolean {
  return !record?.primary && replication.stores.length > 0;
}

async function awaitStandbys(run: DeploymentRun, { store, replicas, lagThresholdMs }: StoreReplication): Promise<void> {
  if (replicas.length === 0) return;
  for (const region of replicas) run.progress.region(region, 'replicating', store);
  const input = {
    ...run.on,
    store,
    regions: replicas,
    lagThresholdMs,
    timeoutMs: patience(run.request.platform).catchUpMs,
  };
  const statuses = await measure.awaitReplication(`${store} catches up in ${replicas.join(', ')}`, input);
  run.databases.push(...statuses);
  for (const { region, lagMs } of statuses)
    run.progress.region(region, 'ready', `${store} lag ${Math.round(lagMs ?? 0)} ms`);
}

async function proveReplication(
  run: DeploymentRun,
  plan: DeploymentPlan,
  { store, primary, replicas }: StoreReplication,
): Promise<void> {
  const regions = [primary, ...replicas];
  const hostname = run.previewHostname;
  const seen = await measure.writeAndRead(`${store}: write in ${primary}, read everywhere`, {
    ...run.on,
    store,
    hostname,
    regions,
    timeoutMs: READ_BACK_MS,
  });
  run.readBack.push(...seen);
  run.saw('replication');
  // Comparing holds up writes for a moment: nothing to do to a deployment that serves people.
  if (run.isChange) return;
  try {
    const input = { ...run.on, store, regions, timeoutMs: patience(run.request.platform).catchUpMs };
    const summary = `${store}: compare rows of ${plan.topology.regions.length} regions`;
    const compared = await platform.compareDatabases(summary, input);
    run.agreedRows.set(store, compared.regions[0]?.rows ?? 0);
  } catch (error) {
    // Not to be able to look is no proof of a difference; the checklist then shows no rows.
    if (failureTypeOf(error) !== 'Platform.Refused') throw error;
    run.progress.say(`${store} is not compared: ${messageOf(error)}`);
  }
}
