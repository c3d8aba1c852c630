import type { FailoverRecord } from '../../contracts/record';
import type { FenceReceipt } from '../../contracts/validation';
import { fencing, platform, quick } from '../support/activity-stubs';
import { failureTypeOf, isTimedOut, messageOf } from '../support/failures';
import { type PromoteRegion, riskReceipt } from './failover-approval';
import { findWriters } from './operate';
import type { OperationRun } from './operation-run';
import { moveElsewhere, movingTo, type StoreMove, takeBackMove, unfinishedMove } from './unfinished-move';

type Run = OperationRun<PromoteRegion>;

interface Moves {
  to: string;
  moves: StoreMove[];
}

/**
 * Fences who takes the writes of some stores and promotes a region for them. Throws when not all have come there: with the
 * way back open if none has, and past the point of no return, with all that is known on record, if some have.
 */
export async function promoteStores(run: Run, { to, moves }: Moves): Promise<void> {
  // all are there: only the record does not know it yet
  if (moves.length === 0) return record(run, { to, moves, receipts: new Map(), ms: 0 });
  const receipts = await fenceAll(run, { to, moves });
  const startedMs = Date.now();
  const begin = { ...run.key, expected: run.primary, primary: run.primary, moving: movingTo(to, moves) };
  run.recorded(await quick.recordMove(`record that the writes move to ${to}`, begin));
  let failure: unknown;
  await promoteAll(run, { to, moves, receipts }).catch((error: unknown) => {
    failure = error;
  });
  const arrived = failure ? await arrivedIn(run, { to, moves }, failure) : moves;
  run.passNoReturn(unfinishedMove(run, to));
  await findWriters(run);
  await record(run, { to, moves: arrived, receipts, ms: Date.now() - startedMs });
  if (arrived.length < moves.length) throw failure;
}

/** From the first receipt on the old primary may be stopped: unless another is promoted, it is to come back. */
async function fenceAll(run: Run, { to, moves }: Moves): Promise<Map<string, FenceReceipt>> {
  const from = regionsOf(moves).join(', ');
  const receipts = new Map<string, FenceReceipt>();
  const fence = async () => {
    for (const move of moves) {
      const receipt = await fenceStore(run, move, to);
      receipts.set(move.store, receipt);
      run.receipts.push(receipt);
    }
  };
  const before = moveElsewhere(run, to);
  await run.take('fence', `fence ${from}`, fence, {
    what: `${from} takes the writes again`,
    act: () => comeBack(run, moves).then(() => takeBackMove(run, moves, before)),
  });
  return receipts;
}

function regionsOf(moves: readonly StoreMove[]): string[] {
  return [...new Set(moves.map(({ from }) => from))];
}

async function fenceStore(run: Run, { store, from }: StoreMove, to: string): Promise<FenceReceipt> {
  const input = { ...run.on, store, region: from, epoch: run.epoch };
  try {
    return await fencing.fenceDatabase(`${from}: fence ${store}`, input);
  } catch (error) {
    // Only what cannot be known can be accepted as a risk; a refusal is an answer.
    if (failureTypeOf(error) !== 'Platform.Unavailable' && !isTimedOut(error)) throw error;
    run.progress.say(`${from} cannot be fenced: ${messageOf(error)}`);
    return riskReceipt(run, { store, from, to, why: messageOf(error) });
  }
}

async function comeBack(run: Run, moves: readonly StoreMove[]): Promise<void> {
  for (const { store, from } of moves)
    await platform.rejoinDatabase(`${from}: ${store} comes back`, {
      ...{ ...run.on, store, region: from, epoch: run.epoch },
      asPrimary: true,
    });
}

/** The first promotion is the point of no return. */
async function promoteAll(
  run: Run,
  { to, moves, receipts }: Moves & { receipts: Map<string, FenceReceipt> },
): Promise<void> {
  await run.take('promote', `promote ${to}`, async () => {
    for (const { store, from } of moves) {
      const receipt = receipts.get(store);
      const riskAccepted = receipt?.kind === 'risk-accepted' ? receipt : undefined;
      const input = { ...run.on, store, region: to, expectedPrimary: from, epoch: run.epoch };
      await platform.promoteDatabase(`${to}: promote ${store}`, { ...input, ...(riskAccepted && { riskAccepted }) });
      run.passNoReturn(unfinishedMove(run, to));
    }
  });
}

/**
 * A promotion failed: which stores are there all the same. If none is, the failure is thrown, and the way back taken. If
 * nobody can tell it is thrown as well, but nothing goes back: the old primary would write beside a new one.
 */
async function arrivedIn(run: Run, { to, moves }: Moves, failure: unknown): Promise<StoreMove[]> {
  const ask = async () => {
    const writers = await findWriters(run);
    const arrived: StoreMove[] = [];
    for (const move of moves) {
      const { store } = move;
      const writer = writers.find((one) => one.store === store);
      const question = { ...run.on, store, regions: [to] };
      // where there is a lease it decides
      const hasArrived =
        writer?.epoch === undefined
          ? (await quick.databaseStatuses(`${to}: is ${store} promoted`, question))[0]?.role === 'primary'
          : writer.region === to;
      if (hasArrived) arrived.push(move);
    }
    return arrived;
  };
  const arrived = await ask().catch((error: unknown) => {
    run.progress.say(`nobody can tell who takes the writes: ${messageOf(error)}`);
    run.passNoReturn(unfinishedMove(run, to));
    throw failure;
  });
  if (arrived.length === 0) throw failure;
  return arrived;
}

async function record(
  run: Run,
  { to, moves, receipts, ms }: Moves & { receipts: Map<string, FenceReceipt>; ms: number },
): Promise<void> {
  const failovers = moves.map(({ store, from }): FailoverRecord => {
    const fence = receipts.get(store);
    return {
      ...{ store, from, to, epoch: run.epoch, at: new Date().toISOString(), phases: [{ phase: 'promote', ms }] },
      ...(fence && { fence }),
      by: run.request.requester,
    };
  });
  const why = `${to} was promoted in its place`;
  // also who was fenced by a promotion that ended before it could be recorded
  const before = [...Object.values(run.record.moving?.from ?? {}), run.primary];
  const lost = [...new Set(before)].filter((region) => region !== to);
  const fenced = lost.map((region) => ({ region, epoch: run.epoch, why }));
  const move = { ...run.key, expected: run.primary, primary: to, fenced, failovers, adoptEpoch: run.epoch };
  run.recorded(await quick.recordMove(`record primary ${to}`, move));
}
