import type { LiveOperationRequest } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import { READY_PATH } from '../../contracts/probe-contract';
import { followAgain, rejoin } from '../steps/move-primary';
import { measure, platform, quick } from '../support/activity-stubs';
import { messageOf, stepFailure } from '../support/failures';
import { awaitServing } from './drain-region';
import { findWriters, operate } from './operate';
import type { OperateInput, OperationRun } from './operation-run';
import { moveTraffic, verifyWrites } from './traffic';

type SwitchOver = Extract<LiveOperationRequest, { kind: 'switchover' }>;

/** While writes are held, a standby this close receives the rest within the time that is promised for the switch. */
const CLOSE_LAG_MS = 1_000;
const CATCH_UP_MS = 30_000;

/**
 * Moves the writes to a standby as planned: capacity → drain at the edge → zero lag → hand over → shift → verify. The way
 * back is written down before each act; once people write in the new region, the old one becomes its standby.
 */
export function switchOver(input: OperateInput<SwitchOver>): Promise<OperationReport> {
  return operate(input, async (run) => {
    const [from, to] = [run.primary, run.request.region];
    await awaitCapacity(run, { from, to });
    await drainOld(run, { from, to });
    await awaitClose(run, to);
    await handOver(run, { from, to });
    await moveTraffic(run, { to, drain: [...run.record.drained.filter((region) => region !== from), from] });
    await verifyWrites(run, to);
    run.passNoReturn();
    await protect(run, from);
    return `${to} takes the writes; ${from} took them before`;
  });
}

interface Move {
  from: string;
  to: string;
}

/** The region that is to carry the writes runs all its tasks, and how many those are beside the old one. */
async function awaitCapacity(run: OperationRun, { from, to }: Move): Promise<void> {
  await awaitServing(run, to);
  const [there, here] = await Promise.all(
    [to, from].map((region) => quick.probeRegion(`${region}: tasks`, { ...run.on, region, path: READY_PATH })),
  );
  const wanted = (services: typeof there) => services?.reduce((sum, one) => sum + one.tasksWanted, 0) ?? 0;
  run.saw(`${to} runs ${wanted(there)} tasks, ${from} ${wanted(here)}`);
}

/** The old primary answers nobody while it hands over; its way back is also that of the traffic. */
async function drainOld(run: OperationRun, { from, to }: Move): Promise<void> {
  const { hostname } = run.live;
  const before = run.record.drained;
  const drained = [...before, from];
  await run.take(
    'drain',
    `drain ${from} at the edge`,
    () => platform.drainRegions(`drain ${from}`, { ...run.on, hostname, regions: drained, epoch: run.epoch }),
    {
      what: `return traffic to ${from}`,
      act: async () => {
        // an emergency that has claimed a newer epoch meanwhile is not outbid by what made way for it
        const { epoch } = run;
        const primary = (await run.readRecord('where writes go now')).primary ?? from;
        const back = { ...run.on, hostname, to: primary, drain: before, epoch };
        await platform.moveTraffic(`${primary}: traffic returns`, back);
        if (primary === to) throw stepFailure('Internal', `${to} keeps the writes`);
      },
    },
  );
}

async function awaitClose(run: OperationRun, to: string): Promise<void> {
  await run.take('catch-up', `wait until ${to} is less than ${CLOSE_LAG_MS} ms behind`, async () => {
    for (const { store } of run.stores) {
      const input = { ...run.on, store, regions: [to], lagThresholdMs: CLOSE_LAG_MS, timeoutMs: CATCH_UP_MS };
      const [status] = await measure.awaitReplication(`${store} catches up in ${to}`, input);
      run.saw(`${store} in ${to} was ${Math.round(status?.lagMs ?? 0)} ms behind`);
    }
  });
}

/** Every store in turn; the way back hands back those that have really moved, whatever was answered. */
async function handOver(run: OperationRun, { from, to }: Move): Promise<void> {
  const back = { what: `hand the writes back to ${from}`, act: () => handBack(run, { from, to }) };
  await run.take('hand-over', `hand the writes over to ${to}`, () => moveStores(run, { from, to }), back);
  const move = { ...run.key, expected: from, primary: to, adoptEpoch: run.epoch };
  run.recorded(await quick.recordMove(`record primary ${to}`, move));
}

async function moveStores(run: OperationRun, { from, to }: Move): Promise<void> {
  await run.claimNextEpoch();
  for (const { store } of run.stores) {
    const input = { ...run.on, store, from, to, epoch: run.epoch };
    const { fence, heldMs } = await platform.handOver(`${store}: ${from} hands over to ${to}`, input);
    run.receipts.push(fence);
    // the platform may have gone beyond what was claimed
    run.epoch = Math.max(run.epoch, fence.epoch);
    run.saw(`writes of ${store} were held for ${Math.round(heldMs)} ms`);
  }
}

async function handBack(run: OperationRun, { from, to }: Move): Promise<void> {
  const writers = await findWriters(run);
  const gone = writers.filter(({ region }) => region === to);
  if (gone.length > 0) {
    await run.claimNextEpoch();
    for (const { store } of gone) {
      // What has handed over has stopped: it comes back as a standby before it can take the writes again.
      await platform.rejoinDatabase(`${from}: ${store} rejoins`, { ...run.on, store, region: from, epoch: run.epoch });
      const input = { ...run.on, store, from: to, to: from, epoch: run.epoch };
      await platform.handOver(`${store}: ${to} hands back to ${from}`, input);
      await platform.rejoinDatabase(`${to}: ${store} rejoins`, { ...run.on, store, region: to, epoch: run.epoch });
    }
  }
  await findWriters(run);
  const move = { ...run.key, expected: to, primary: from, adoptEpoch: run.epoch };
  run.recorded(await quick.recordMove(`record primary ${from}`, move));
}

/** The old primary follows the new one and answers again. If it cannot, the switch stands and the region is named. */
async function protect(run: OperationRun, from: string): Promise<void> {
  try {
    await run.take('rejoin', `${from} becomes a standby`, async () => {
      for (const store of run.stores) {
        await rejoin(run, store, from);
        for (const other of run.regionsOf(store))
          if (other !== from && other !== run.primary) await followAgain(run, store, other);
      }
    });
    await moveTraffic(run, { to: run.primary, drain: run.record.drained.filter((region) => region !== from) });
  } catch (error) {
    const why = `is no standby of ${run.primary} yet: ${messageOf(error)}`;
    const fenced = [{ region: from, epoch: run.epoch, why }];
    run.left.push(`${from} ${why}`);
    run.next.push(`meridian rejoin ${run.name} ${from}`);
    const { primary } = run;
    run.recorded(
      await quick.recordMove(`record that ${from} is out`, { ...run.key, expected: primary, primary, fenced }),
    );
  }
}
