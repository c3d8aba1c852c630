import type { StoreReplication } from '../../contracts/replication';
import type { DrillPhase, FenceReceipt } from '../../contracts/validation';
import { measure, platform, quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';
import { mostAdvanced } from './most-advanced';
import { claimNextEpoch, makePrimary } from './move-primary';

const DETECT_MS = 60_000;
const FIRST_WRITE_MS = 60_000;

export interface Failover {
  promoted: string;
  phases: DrillPhase[];
  fence: FenceReceipt;
  firstWriteMs: number;
}

/** detect → decide → fence → promote → shift → verify. Nothing is promoted without a fence receipt. */
export async function failOver(
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
  await claimNextEpoch(run);
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
