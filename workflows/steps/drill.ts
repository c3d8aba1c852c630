import { CancellationScope, sleep } from '@temporalio/workflow';
import type { StoreReplication } from '../../contracts/replication';
import type { DrillPhase, DrillResult, FenceReceipt } from '../../contracts/validation';
import { measure, platform, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';
import { drillResult } from './drill-result';
import { mostAdvanced } from './most-advanced';

/** Enough numbered writes per second to see a gap of a tenth of a second, few enough not to be a load test. */
const WRITES_PER_SECOND = 20;
/** The stream is steady before the fault. */
const WARM_UP_MS = 2_000;
const DETECT_MS = 60_000;
const FIRST_WRITE_MS = 60_000;
/** Health checks of the edge ask every 10 s and give up after two: an alarm that takes longer did not work. */
const ALARM_MS = 30_000;
const CATCH_UP_MS = 30_000;

interface Failover {
  promoted: string;
  phases: DrillPhase[];
  fence: FenceReceipt;
  firstWriteMs: number;
}

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
    await returnPrimary(run, store, failover.promoted);
    const { rtoSeconds, rpoSeconds } = run.request.recovery;
    return drillResult(
      { region, ...failover, reportedLagMs, protectedAgainMs, loss },
      { rtoSeconds, rpoSeconds, mode: store.mode.kind },
    );
  } finally {
    await CancellationScope.nonCancellable(async () => {
      if (open === 'fault') await measure.undoFault(`${region}: undo the fault`, fault);
      if (open !== 'nothing') await measure.finishWriter('stop the stream of writes', { ...run.on, writer, faultAt });
    });
  }
}

async function worstLagMs(run: DeploymentRun, { store, replicas }: StoreReplication): Promise<number> {
  const statuses = await Promise.all(
    replicas.map((region) => quick.databaseStatus(`${region}: lag before the fault`, { ...run.on, store, region })),
  );
  return Math.max(0, ...statuses.map(({ lagMs }) => lagMs ?? 0));
}

/** detect → decide → fence → promote → shift → verify. Nothing is promoted without a fence receipt. */
async function failOver(
  run: DeploymentRun,
  store: StoreReplication,
  writer: { id: string },
  faultAt: string,
): Promise<Failover> {
  const { primary: region } = store;
  const on = { ...run.on, store: store.store };
  const lap = lapTimer(Date.parse(faultAt));
  await measure.detectRegionLoss(`${region}: detect`, { ...run.on, region, timeoutMs: DETECT_MS });
  const detect = lap('detect');
  const standbys = await Promise.all(
    store.replicas.map((replica) => quick.databaseStatus(`${replica}: how far is it`, { ...on, region: replica })),
  );
  const chosen = mostAdvanced(standbys);
  if (!chosen)
    throw stepFailure('Drill.Failed', `no standby of ${store.store} can be seen: nothing may be promoted`, { region });
  run.epoch += 1;
  await quick.claimEpoch(`claim epoch ${run.epoch}`, { ...run.scope, epoch: run.epoch });
  const decide = lap('decide');
  const fence = await platform.fenceDatabase(`${region}: fence`, { ...on, region, epoch: run.epoch });
  const fenced = lap('fence');
  await makePrimary(run, store, region, chosen.region);
  const promote = lap('promote');
  await platform.shiftTraffic(`${chosen.region}: shift traffic`, {
    ...run.on,
    hostname: run.previewHostname,
    to: chosen.region,
    drain: [region],
    epoch: run.epoch,
  });
  const shift = lap('shift');
  const { firstWriteMs } = await measure.awaitFirstWrite(`${chosen.region}: first write`, {
    ...run.on,
    writer,
    faultAt,
    timeoutMs: FIRST_WRITE_MS,
  });
  const verify = lap('verify');
  run.progress.region(
    chosen.region,
    'drilling',
    `primary since ${Math.round((Date.now() - Date.parse(faultAt)) / 100) / 10} s after the fault`,
  );
  return { promoted: chosen.region, phases: [detect, decide, fenced, promote, shift, verify], fence, firstWriteMs };
}

async function makePrimary(run: DeploymentRun, { store }: StoreReplication, from: string, to: string): Promise<void> {
  const input = { ...run.on, store, region: to, expectedPrimary: from, epoch: run.epoch };
  await platform.promoteDatabase(`${to}: promote`, input);
  await quick.recordPrimary(`record primary ${to}`, { ...run.scope, expected: from, primary: to });
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

async function rejoin(run: DeploymentRun, { store, lagThresholdMs }: StoreReplication, region: string): Promise<void> {
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
async function returnPrimary(run: DeploymentRun, store: StoreReplication, from: string): Promise<void> {
  const { primary } = store;
  run.epoch += 1;
  await quick.claimEpoch(`claim epoch ${run.epoch}`, { ...run.scope, epoch: run.epoch });
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
  });
  run.progress.region(primary, 'ready', 'primary again');
}

/** Phases without gaps: each begins where the one before ended, so their sum is the whole. */
function lapTimer(startMs: number) {
  let lastMs = startMs;
  return (phase: DrillPhase['phase']): DrillPhase => {
    const nowMs = Date.now();
    const lap = { phase, ms: Math.max(0, nowMs - lastMs) };
    lastMs = nowMs;
    return lap;
  };
}
