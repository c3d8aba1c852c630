import { CancellationScope, sleep } from '@temporalio/workflow';
import type { StoreReplication } from '../../contracts/replication';
import type { DrillResult } from '../../contracts/validation';
import { measure, platform, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf } from '../support/failures';
import { drillResult } from './drill-result';
import { failOver } from './fail-over';
import { rejoin, returnPrimary } from './move-primary';

/** Enough numbered writes per second to see a gap of a tenth of a second, few enough not to be a load test. */
const WRITES_PER_SECOND = 20;
/** The stream is steady before the fault. */
const WARM_UP_MS = 2_000;
/** Health checks of the edge ask every 10 s and give up after two: an alarm that takes longer did not work. */
const ALARM_MS = 30_000;

/**
 * The whole primary region dies under a steady stream of numbered writes; the most advanced standby takes over once
 * the dead region is fenced; the region comes back as a standby; then the primary returns to where the plan wants it.
 * The fault is undone and the writer stopped whatever happens.
 */
export async function drillRegionLoss(run: DeploymentRun, store: StoreReplication): Promise<DrillResult> {
  const { primary: region } = store;
  const fault = { ...run.on, id: `drill-${run.input.generation}` };
  const writer = await measure.startWriter(`${region}: start the stream of writes`, {
    ...run.on,
    hostname: run.previewHostname,
    id: `writer-${run.scope.application}-${run.scope.environment}-${run.input.generation}`,
    writesPerSecond: WRITES_PER_SECOND,
  });
  let open: 'writer' | 'fault' | 'nothing' = 'writer';
  let faultAt = new Date().toISOString();
  try {
    await sleep(WARM_UP_MS, { summary: 'let the stream become steady' });
    const reportedLagMs = await worstLagMs(run, store);
    open = 'fault';
    run.progress.region(region, 'drilling', 'the region is being killed');
    faultAt = (
      await measure.injectFault(`${region}: kill the region`, { ...fault, fault: { kind: 'kill-region', region } })
    ).at;
    const failover = await failOver(run, store, writer, faultAt);
    const alarm = await measure.awaitAlarm(`${region}: wait for the alarm`, {
      ...run.on,
      region,
      since: faultAt,
      timeoutMs: ALARM_MS,
    });
    if (alarm) run.alarm = { name: alarm.name, region, afterMs: Date.parse(alarm.at) - Date.parse(faultAt) };
    await rebuild(run, store, region, fault);
    open = 'writer';
    const protectedAgainMs = Date.now() - Date.parse(faultAt);
    const loss = await measure.finishWriter('count what was promised', { ...run.on, writer, faultAt });
    open = 'nothing';
    const { rtoSeconds, rpoSeconds } = run.request.recovery;
    const facts = { region, ...failover, reportedLagMs, protectedAgainMs, loss };
    run.measured.drill = drillResult(facts, { rtoSeconds, rpoSeconds, mode: store.mode.kind });
    await returnPrimary(run, store, failover.promoted);
    return run.measured.drill;
  } finally {
    await CancellationScope.nonCancellable(async () => {
      if (open === 'fault') await callOff(run, store, fault);
      if (open !== 'nothing') await measure.finishWriter('stop the stream of writes', { ...run.on, writer, faultAt });
    });
  }
}

/**
 * The drill broke off with the region dead: power returns, and its database with it, as a standby if another one was
 * promoted, on its own data if none was. What cannot be put back is said and left to the one who reads the report.
 */
async function callOff(run: DeploymentRun, store: StoreReplication, fault: { id: string }): Promise<void> {
  await platform.undoFault(`${store.primary}: undo the fault`, { ...run.on, ...fault });
  try {
    await rejoin(run, store, store.primary);
  } catch (error) {
    run.progress.say(`${store.store} in ${store.primary} could not be put back: ${messageOf(error)}`);
  }
}

async function worstLagMs(run: DeploymentRun, { store, replicas }: StoreReplication): Promise<number> {
  const statuses = await Promise.all(
    replicas.map((region) => quick.databaseStatus(`${region}: lag before the fault`, { ...run.on, store, region })),
  );
  return Math.max(0, ...statuses.map(({ lagMs }) => lagMs ?? 0));
}

/** Power is back; the old primary returns as a standby of the new one. */
async function rebuild(
  run: DeploymentRun,
  store: StoreReplication,
  region: string,
  fault: { id: string },
): Promise<void> {
  await platform.undoFault(`${region}: power is back`, { ...run.on, ...fault });
  await rejoin(run, store, region);
}
