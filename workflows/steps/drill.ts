import { CancellationScope, sleep } from '@temporalio/workflow';
import type { StoreReplication } from '../../contracts/replication';
import type { DrillResult } from '../../contracts/validation';
import type { Fault } from '../../platforms/platform';
import { measure, platform, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf } from '../support/failures';
import { drillResult } from './drill-result';
import { failOver } from './fail-over';
import type { Failover } from './failover-outcome';
import { rejoin, returnPrimary } from './move-primary';

/** Enough numbered writes per second to see a gap of a tenth of a second, few enough not to be a load test. */
const WRITES_PER_SECOND = 20;
/** The stream is steady before the fault. */
const WARM_UP_MS = 2_000;
/** Health checks of the edge ask every 10 s and give up after two: an alarm that takes longer did not work. */
const ALARM_MS = 30_000;

/** What is going on and has to end, whatever happens. */
interface Open {
  writer: boolean;
  fault: boolean;
}

/**
 * The whole primary region dies under a steady stream of numbered writes; the most advanced standby takes over once
 * the dead region is fenced; the region comes back as a standby; then the primary returns to where the plan wants it.
 * The fault is undone and the writer stopped whatever happens.
 */
export async function drillRegionLoss(
  run: DeploymentRun,
  stores: StoreReplication[],
  region: string,
): Promise<DrillResult> {
  const open: Open = { writer: true, fault: false };
  try {
    return await drill(run, stores, region, open);
  } finally {
    await CancellationScope.nonCancellable(async () => {
      if (open.fault) await callOff(run, stores, region);
      if (open.writer)
        await attempt(
          () => finishWriter(run),
          (why) => run.progress.say(`the writer ends by itself: ${why}`),
        );
    });
  }
}

async function drill(run: DeploymentRun, stores: StoreReplication[], region: string, open: Open): Promise<DrillResult> {
  const { rtoSeconds, rpoSeconds } = run.request.recovery;
  await startWriter(run, region);
  await sleep(WARM_UP_MS, { summary: 'let the stream become steady' });
  const reportedLagMs = await worstLagMs(run, stores);
  const names = stores.map(({ store }) => store);
  const byItself = await quick.failsOverByItself('who replaces a silent primary', { ...run.on, stores: names });
  run.progress.region(region, 'drilling', 'the region is being killed');
  open.fault = true;
  const fault: Fault = { kind: 'kill-region', region };
  const { at: faultAt } = await measure.injectFault(`${region}: kill the region`, { ...faultOf(run), fault });
  const failover = await failOver(run, stores, region, { writer: writerOf(run), faultAt, byItself });
  await awaitAlarm(run, region, faultAt);
  await platform.undoFault(`${region}: power is back`, faultOf(run));
  for (const store of stores) await rejoin(run, store, region);
  open.fault = false;
  const protectedAgainMs = Date.now() - Date.parse(faultAt);
  const { loss, log } = await finishWriter(run, faultAt, failover);
  open.writer = false;
  run.measured.documents.push({ name: 'drill-writes.ndjson', artifact: log });
  const isSynchronous = stores.every(({ mode }) => mode.kind === 'synchronous');
  const targets = { rtoSeconds, rpoSeconds, mode: isSynchronous ? 'synchronous' : 'asynchronous' } as const;
  const result = drillResult({ region, ...failover, reportedLagMs, protectedAgainMs, loss }, targets);
  run.measured.drill = result;
  await returnPrimary(run, stores, { from: failover.promoted, to: region }, byItself);
  return result;
}

const writerOf = (run: DeploymentRun) => ({
  id: `writer-${run.scope.application}-${run.scope.environment}-${run.input.generation}`,
});

const faultOf = (run: DeploymentRun) => ({ ...run.on, id: `drill-${run.input.generation}` });

function startWriter(run: DeploymentRun, region: string): Promise<unknown> {
  const input = { ...run.on, ...writerOf(run), hostname: run.previewHostname, writesPerSecond: WRITES_PER_SECOND };
  return measure.startWriter(`${region}: start the stream of writes`, input);
}

function finishWriter(run: DeploymentRun, faultAt = new Date().toISOString(), failover?: Failover) {
  const fencedAt = failover?.fence.at ?? faultAt;
  return measure.finishWriter('count what was promised', { ...run.on, writer: writerOf(run), faultAt, fencedAt });
}

async function worstLagMs(run: DeploymentRun, stores: StoreReplication[]): Promise<number> {
  const asked = stores.map(({ store, replicas: regions }) =>
    quick.databaseStatuses(`${store}: lag before the fault`, { ...run.on, store, regions }),
  );
  const statuses = (await Promise.all(asked)).flat();
  return Math.max(0, ...statuses.map(({ lagMs }) => lagMs ?? 0));
}

/** The region stays dead until the platform's own monitoring has said so, or had long enough to. */
async function awaitAlarm(run: DeploymentRun, region: string, since: string): Promise<void> {
  const input = { ...run.on, region, since, timeoutMs: ALARM_MS };
  const alarm = await measure.awaitAlarm(`${region}: wait for the alarm`, input);
  if (alarm) run.alarm = { name: alarm.name, region, afterMs: Date.parse(alarm.at) - Date.parse(since) };
}

/**
 * The drill broke off with the region dead: power returns, and its databases with it, as standbys if others were
 * promoted, on their own data if none was. What cannot be put back is left to the one who reads the report.
 */
async function callOff(run: DeploymentRun, stores: StoreReplication[], region: string): Promise<void> {
  await attempt(
    () => platform.undoFault(`${region}: undo the fault`, faultOf(run)),
    (why) => run.leaveBehind(region, 'base', `the drill's fault could not be undone: ${why}`),
  );
  for (const store of stores) {
    await attempt(
      () => rejoin(run, store, region),
      (why) => run.leaveBehind(region, 'data', `database ${store.store} could not be put back after the drill: ${why}`),
    );
  }
}

/** Cleaning up must not hide why it was needed: what fails here is noted and nothing is thrown. */
async function attempt(act: () => Promise<unknown>, failed: (why: string) => void): Promise<void> {
  try {
    await act();
  } catch (error) {
    failed(messageOf(error));
  }
}
