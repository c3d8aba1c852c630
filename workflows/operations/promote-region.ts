import type { OperationReport } from '../../contracts/operation-report';
import type { FailoverRecord } from '../../contracts/record';
import type { FenceReceipt } from '../../contracts/validation';
import { followAgain } from '../steps/move-primary';
import { measure, platform, quick } from '../support/activity-stubs';
import { failureTypeOf, messageOf } from '../support/failures';
import { askToPromote, type PromoteRegion, riskReceipt } from './failover-approval';
import { findWriters, operate } from './operate';
import type { OperateInput, OperationRun } from './operation-run';
import { moveTraffic, verifyWrites } from './traffic';

type Run = OperationRun<PromoteRegion>;

/**
 * The unplanned change of the primary, when a person decides it: fence → promote → shift → verify. Nothing is promoted
 * without a receipt, and without one only if a named person takes the risk. What was not replicated is lost; the old
 * region stays fenced until it rejoins.
 */
export function promoteRegion(input: OperateInput<PromoteRegion>): Promise<OperationReport> {
  return operate(input, async (run) => {
    const [from, to] = [run.primary, run.request.region];
    if (run.request.proposed) return askToPromote(run, { from, to });
    await run.take('decide', 'claim the next epoch', () => run.claimNextEpoch());
    const receipts = await fenceAll(run, { from, to });
    await promoteAll(run, { from, to, receipts });
    const drained = run.record.drained.filter((region) => region !== to && region !== from);
    await moveTraffic(run, { to, drain: [...drained, from] });
    await verifyWrites(run, to);
    await protect(run, { from, to });
    run.next.push(`meridian rejoin ${run.key.application}/${run.key.environment} ${from}`);
    return `${to} takes the writes; ${from} is fenced until it rejoins`;
  });
}

/** From the first receipt on the old primary may be stopped: unless another is promoted, it is to come back. */
function fenceAll(run: Run, { from, to }: { from: string; to: string }): Promise<FenceReceipt[]> {
  const back = { what: `${from} takes the writes again`, act: () => comeBack(run, from) };
  const fence = async (): Promise<FenceReceipt[]> => {
    for (const { store } of run.stores) run.receipts.push(await fenceStore(run, store, { from, to }));
    return run.receipts;
  };
  return run.take('fence', `fence ${from}`, fence, back);
}

async function fenceStore(run: Run, store: string, { from, to }: { from: string; to: string }): Promise<FenceReceipt> {
  const input = { ...run.on, store, region: from, epoch: run.epoch };
  try {
    return await measure.fenceDatabase(`${from}: fence ${store}`, input);
  } catch (error) {
    // Only what cannot be known can be accepted as a risk; a refusal is an answer.
    if (failureTypeOf(error) !== 'Platform.Unavailable') throw error;
    run.progress.say(`${from} cannot be fenced: ${messageOf(error)}`);
    return riskReceipt(run, { store, from, to, why: messageOf(error) });
  }
}

async function comeBack(run: Run, from: string): Promise<void> {
  for (const { store } of run.stores)
    await platform.rejoinDatabase(`${from}: ${store} comes back`, { ...run.on, store, region: from, epoch: run.epoch });
}

/** The first promotion is the point of no return: from then on the same operation again goes on where this one ended. */
async function promoteAll(
  run: Run,
  { from, to, receipts }: { from: string; to: string; receipts: FenceReceipt[] },
): Promise<void> {
  const startedMs = Date.now();
  await run.take('promote', `promote ${to}`, async () => {
    for (const [index, { store }] of run.stores.entries()) {
      const receipt = receipts[index];
      const riskAccepted = receipt?.kind === 'risk-accepted' ? receipt : undefined;
      const input = { ...run.on, store, region: to, expectedPrimary: from, epoch: run.epoch };
      await platform.promoteDatabase(`${to}: promote ${store}`, { ...input, ...(riskAccepted && { riskAccepted }) });
      run.passNoReturn();
    }
  });
  const ms = Date.now() - startedMs;
  await findWriters(run);
  const failovers = run.stores.map(
    ({ store }, index): FailoverRecord => ({
      ...{ store, from, to, epoch: run.epoch, at: new Date().toISOString(), phases: [{ phase: 'promote', ms }] },
      ...(receipts[index] && { fence: receipts[index] }),
      by: run.request.requester,
    }),
  );
  const fenced = [{ region: from, epoch: run.epoch, why: `${to} was promoted in its place` }];
  const move = { ...run.key, expected: from, primary: to, fenced, failovers, adoptEpoch: run.epoch };
  run.recorded(await quick.recordMove(`record primary ${to}`, move));
}

/** The other standbys follow the new primary; one that cannot is named and changes nothing about the failover. */
async function protect(run: Run, { from, to }: { from: string; to: string }): Promise<void> {
  for (const store of run.stores) {
    for (const region of run.regionsOf(store).filter((one) => one !== from && one !== to)) {
      try {
        await run.take('protect', `${region} follows ${to}`, () => followAgain(run, store, region));
      } catch (error) {
        run.left.push(`${store.store} in ${region} does not follow ${to}: ${messageOf(error)}`);
      }
    }
  }
}
