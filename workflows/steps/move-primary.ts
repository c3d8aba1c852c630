import type { RejoinResult } from '../../activities/data';
import type { StoreReplication } from '../../contracts/replication';
import type { Drilled } from '../drills/drilled';
import { measure, platform, quick } from '../support/activity-stubs';
import { failureTypeOf, messageOf } from '../support/failures';
import type { Mover } from './mover';

/** A standby that was away has a whole outage to catch up with. */
const CATCH_UP_MS = 30_000;

/** From one region to another. */
export interface Move {
  from: string;
  to: string;
}

/** Promotes by compare-and-set on the primary that is expected; the platform refuses unless that one is fenced. */
export async function makePrimary(run: Mover, store: string, { from, to }: Move): Promise<void> {
  const input = { ...run.on, store, region: to, expectedPrimary: from, epoch: run.epoch };
  await platform.promoteDatabase(`${to}: promote ${store}`, input);
}

export async function recordMove(run: Mover, { from, to }: Move): Promise<void> {
  await quick.recordPrimary(`record primary ${to}`, { ...run.on, expected: from, primary: to });
}

/** A region whose database was fenced returns as a standby of the present primary. */
export async function rejoin(run: Mover, replication: StoreReplication, region: string): Promise<RejoinResult> {
  const { store } = replication;
  run.progress.region(region, 'replicating', `${store} rejoins as a standby`);
  const input = { ...run.on, store, region, epoch: run.epoch };
  const rejoined = await platform.rejoinDatabase(`${region}: ${store} rejoins`, input);
  await catchUp(run, replication, [region]);
  run.progress.region(region, 'ready', `${store} is a standby`);
  return rejoined;
}

/**
 * Moves the primary as planned: as one act of the platform where it replaces silent primaries by itself, since it would
 * replace a fenced one, too, and wherever people write; else by a clean stop, which loses nothing as nothing writes any more.
 */
export async function moveAsPlanned(
  run: Drilled,
  stores: StoreReplication[],
  { from, to }: Move,
  inOneAct: boolean,
): Promise<void> {
  await run.claimEpoch();
  for (const { store } of stores) {
    if (inOneAct) {
      const move = { ...run.on, store, from, to, epoch: run.epoch };
      const { fence } = await platform.handOver(`${store}: ${from} hands over to ${to}`, move);
      // the platform may have gone beyond what was claimed
      run.epoch = Math.max(run.epoch, fence.epoch);
      continue;
    }
    const fence = { ...run.on, store, region: from, epoch: run.epoch };
    await platform.fenceDatabase(`${from}: stop ${store} cleanly`, fence);
    await makePrimary(run, store, { from, to });
  }
  await recordMove(run, { from, to });
  await run.shift(`${to}: traffic moves`, { to, drain: [] });
  for (const replication of stores) {
    const { store, replicas, primary } = replication;
    await rejoin(run, replication, from);
    const others = [primary, ...replicas].filter((region) => region !== from && region !== to);
    for (const region of others) await followAgain(run, replication, region);
    run.agreedRows.set(store, await agree(run, replication, { from, to }));
  }
  run.progress.region(to, 'ready', 'takes the writes');
}

/** All databases hold the same rows; a standby that does not follow although it seemed to is made anew, once. */
async function agree(run: Mover, replication: StoreReplication, { from, to }: Move): Promise<number> {
  const { store, primary, replicas } = replication;
  const standbys = [primary, ...replicas].filter((region) => region !== to);
  const compared = { ...run.on, store, regions: [to, ...standbys], timeoutMs: CATCH_UP_MS };
  const compare = async () =>
    (await platform.compareDatabases(`${store}: compare after the drill`, compared)).regions[0]?.rows ?? 0;
  try {
    return await compare();
  } catch (error) {
    if (failureTypeOf(error) !== 'Replication.Inconsistent') throw error;
    run.progress.say(messageOf(error));
    for (const region of standbys) if (region !== from) await rejoin(run, replication, region);
    return compare();
  }
}

/**
 * A standby that was never away follows the new primary by itself, unless it lacks a part of the log that this one, made
 * from a copy, never had: then it is made anew.
 */
export async function followAgain(run: Mover, replication: StoreReplication, region: string): Promise<void> {
  try {
    await catchUp(run, replication, [region]);
  } catch (error) {
    if (failureTypeOf(error) !== 'Replication.Lagging') throw error;
    run.progress.say(`cannot follow the new primary: ${messageOf(error)}`, region);
    await rejoin(run, replication, region);
  }
}

async function catchUp(run: Mover, { store, lagThresholdMs }: StoreReplication, regions: string[]): Promise<void> {
  if (regions.length === 0) return;
  const input = { ...run.on, store, regions, lagThresholdMs, timeoutMs: CATCH_UP_MS };
  await measure.awaitReplication(`${store} catches up in ${regions.join(', ')}`, input);
}
