import { sleep } from '@temporalio/workflow';
import type { DatabaseStatus, StoreReplication } from '../../contracts/replication';
import type { DrillPhase, FenceReceipt } from '../../contracts/validation';
import type { WriterHandle } from '../../platforms/platform';
import { standbysOf } from '../../policies/standbys-of';
import type { Drilled } from '../drills/drilled';
import { measure, platform, quick } from '../support/activity-stubs';
import { stepFailure } from '../support/failures';
import { type Failover, FIRST_WRITE_MS } from './failover-outcome';
import { mostAdvanced } from './most-advanced';
import { makePrimary, recordMove } from './move-primary';
import { watchTakeover } from './watch-takeover';

const DETECT_MS = 60_000;

interface FaultSeen {
  writer: WriterHandle;
  /** ISO */
  faultAt: string;
  /** the platform replaces a silent primary */
  byItself: boolean;
  /** only the databases died: the region goes on answering */
  databasesOnly?: boolean;
}

/** By the platform itself where it may, else step by step from here. */
export function failOver(
  run: Drilled,
  stores: StoreReplication[],
  region: string,
  fault: FaultSeen,
): Promise<Failover> {
  return fault.byItself ? watchTakeover(run, stores, region, fault) : carryOut(run, stores, region, fault);
}

/** detect → decide → fence → promote → shift → verify. Nothing is promoted without a fence receipt. */
async function carryOut(
  run: Drilled,
  stores: StoreReplication[],
  region: string,
  { writer, faultAt, databasesOnly }: FaultSeen,
): Promise<Failover> {
  const phases = lapTimer(Date.parse(faultAt));
  const detect = { ...run.on, region, timeoutMs: DETECT_MS };
  if (databasesOnly) {
    const names = stores.map(({ store }) => store);
    await measure.detectDatabaseLoss(`${region}: detect`, { ...detect, stores: names });
  } else await measure.detectRegionLoss(`${region}: detect`, detect);
  phases.lap('detect');
  const to = await chooseSuccessor(run, stores, region);
  await run.claimEpoch();
  phases.lap('decide');
  const fence = await fenceAll(run, stores, region);
  phases.lap('fence');
  for (const { store } of stores) await makePrimary(run, store, { from: region, to });
  await recordMove(run, { from: region, to });
  phases.lap('promote');
  await run.shift(`${to}: shift traffic`, { to, drain: [region] });
  phases.lap('shift');
  const first = { ...run.on, writer, faultAt, fencedAt: fence.at, timeoutMs: FIRST_WRITE_MS };
  const { firstWriteMs } = await measure.awaitFirstWrite(`${to}: first write`, first);
  phases.lap('verify');
  run.progress.region(
    to,
    'drilling',
    `primary since ${((Date.now() - Date.parse(faultAt)) / 1_000).toFixed(1)} s after the fault`,
  );
  return { promoted: to, phases: phases.laps, fence, firstWriteMs };
}

/** A standby that lives answers within a second; one that still does not after these is not waited for. */
const ASKED_AT_MOST = 4;
const ASK_AGAIN_MS = 500;

/**
 * The region whose standby of the first store received most. One that does not answer is asked again: it may be the one.
 * The platform refuses the promotion if another living standby holds more.
 */
async function chooseSuccessor(run: Drilled, [first]: StoreReplication[], lost: string): Promise<string> {
  const store = first?.store ?? '';
  const input = {
    ...run.on,
    store,
    regions: first ? [first.primary, ...standbysOf(first)].filter((one) => one !== lost) : [],
  };
  let standbys: DatabaseStatus[] = [];
  for (let asked = 0; asked < ASKED_AT_MOST; asked += 1) {
    standbys = await quick.databaseStatuses(`${store}: how far are the standbys`, input);
    if (standbys.every(({ reachable }) => reachable)) break;
    await sleep(ASK_AGAIN_MS, { summary: 'a standby did not answer' });
  }
  const chosen = mostAdvanced(standbys);
  if (chosen) return chosen.region;
  throw stepFailure('Drill.Failed', `no standby of ${store} can be seen: nothing may be promoted`);
}

async function fenceAll(run: Drilled, stores: StoreReplication[], region: string): Promise<FenceReceipt> {
  let last: FenceReceipt | undefined;
  for (const { store } of stores) {
    last = await platform.fenceDatabase(`${region}: fence ${store}`, { ...run.on, store, region, epoch: run.epoch });
  }
  if (last) return last;
  throw stepFailure('Drill.Failed', `there is nothing to fence in ${region}`, { region });
}

/** Phases without gaps: each begins where the one before ended, so their sum is the whole. */
function lapTimer(startMs: number) {
  let lastMs = startMs;
  const laps: DrillPhase[] = [];
  const lap = (phase: DrillPhase['phase']) => {
    const nowMs = Date.now();
    laps.push({ phase, ms: Math.max(0, nowMs - lastMs) });
    lastMs = nowMs;
  };
  return { lap, laps };
}
