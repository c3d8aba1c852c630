import { CancellationScope, patched } from '@temporalio/workflow';
import type { StoreReplication } from '../../contracts/replication';
import type { DrillResult } from '../../contracts/validation';
import type { Fault } from '../../platforms/platform';
import { awaitAlarm } from '../drills/alarm';
import { drilledDeployment } from '../drills/drilled';
import { finishStream, startStream, worstLagMs, writerOf } from '../drills/stream';
import { targetsOf } from '../drills/targets';
import { UNDO_AFTER_MS } from '../drills/undo-after';
import { measure, platform, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf } from '../support/failures';
import { drillResult } from './drill-result';
import { failOver } from './fail-over';
import { moveAsPlanned, rejoin } from './move-primary';

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
          () => finishStream(drilledDeployment(run)),
          (why) => run.progress.say(`the writer ends by itself: ${why}`),
        );
    });
  }
}

async function drill(run: DeploymentRun, stores: StoreReplication[], region: string, open: Open): Promise<DrillResult> {
  const drilled = drilledDeployment(run);
  await startStream(drilled, region);
  const reportedLagMs = await worstLagMs(drilled, stores);
  const names = stores.map(({ store }) => store);
  const asked = { ...run.on, stores: names };
  const byItself = patched('watch-takeover') && (await quick.failsOverByItself('who replaces a silent primary', asked));
  run.progress.region(region, 'drilling', 'the region is being killed');
  open.fault = true;
  const fault: Fault = { kind: 'kill-region', region };
  const strike = { ...faultOf(run), fault, undoAfterMs: UNDO_AFTER_MS };
  const { at: faultAt } = await measure.injectFault(`${region}: kill the region`, strike);
  const failover = await failOver(drilled, stores, region, { writer: writerOf(drilled), faultAt, byItself });
  run.alarm = await awaitAlarm(drilled, region, faultAt);
  await platform.undoFault(`${region}: power is back`, faultOf(run));
  for (const store of stores) await rejoin(run, store, region);
  open.fault = false;
  const protectedAgainMs = Date.now() - Date.parse(faultAt);
  const { loss, log } = await finishStream(drilled, { faultAt, fencedAt: failover.fence.at });
  open.writer = false;
  run.measured.documents.push({ name: 'drill-writes.ndjson', artifact: log });
  const facts = { class: 'region-loss', region, ...failover, reportedLagMs, protectedAgainMs, loss } as const;
  const result = drillResult(facts, targetsOf(run.request, stores));
  run.measured.drill = result;
  await moveAsPlanned(drilled, stores, { from: failover.promoted, to: region }, byItself);
  return result;
}

const faultOf = (run: DeploymentRun) => ({ ...run.on, id: `drill-${run.input.generation}` });

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
