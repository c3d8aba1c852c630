import { workflowInfo } from '@temporalio/workflow';
import type { DeploymentRecord } from '../../contracts/record';
import type { StoreReplication } from '../../contracts/replication';
import type { Fault } from '../../platforms/platform';
import { majorityRegion } from '../../policies/operations/majority-region';
import { findWriters } from '../operations/operate';
import type { OperationRun } from '../operations/operation-run';
import { moveAsPlanned, rejoin } from '../steps/move-primary';
import { platform, quick } from '../support/activity-stubs';
import { messageOf, stepFailure } from '../support/failures';
import type { Drilled } from './drilled';

export const faultId = ({ input }: OperationRun, index: number) => `drill-${input.generation}-${index}`;

/** Undoes all faults of a drill, each even if another cannot be. Throws the last that could not. */
export async function undoFaults(run: OperationRun, faults: readonly Fault[]): Promise<void> {
  let failed: unknown;
  for (const [index, fault] of faults.entries()) {
    const input = { ...run.on, id: faultId(run, index) };
    await platform.undoFault(`undo ${fault.kind}`, input).catch((error: unknown) => {
      failed = error;
      run.progress.say(`${fault.kind} could not be undone: ${messageOf(error)}`);
    });
  }
  if (failed) throw failed;
}

interface Before {
  stores: StoreReplication[];
  /** took the writes */
  region: string;
  /** who had claimed the epoch of then */
  claimedBefore: string | undefined;
}

/**
 * The drill broke off: who takes the writes now decides what is put back. If others took over, that is written down, the
 * region rejoins and takes the writes again; if nobody did, it comes back on its own data. For an emergency that waits,
 * whenever it comes, only the record is set right: data and traffic are its own from then on.
 */
export async function putBack(run: OperationRun, drilled: Drilled, { stores, region, claimedBefore }: Before) {
  const leaveTo = (by: string) => {
    run.next.push(`meridian rejoin ${run.name} ${region}`);
    throw stepFailure('Operation.MadeWay', `${region} is left to ${by}`, { region });
  };
  const makeWay = () => run.standDownFor && leaveTo(run.standDownFor);
  // an epoch that somebody else has claimed is never outbid, whether or not this one was told to make way
  const stillOurs = ({ epochClaimedBy: by }: DeploymentRecord) =>
    by && by !== claimedBefore && by !== workflowInfo().workflowId && leaveTo(by);
  const record = await run.readRecord('where writes go by record');
  stillOurs(record);
  const { primary: recorded = region } = record;
  const to = majorityRegion(await findWriters(run), region) ?? region;
  if (to !== region || recorded !== to) {
    const why = `a drill broke off after ${to} had taken over`;
    const fenced = to === region ? [] : [{ region, epoch: run.epoch, why }];
    const move = { ...run.key, expected: recorded, primary: to, fenced, adoptEpoch: run.epoch };
    run.recorded(await quick.recordMove(`record primary ${to}`, move));
    stillOurs(run.record);
  }
  makeWay();
  if (to === region) {
    await comeBack(run, { stores, region });
    makeWay();
    await drilled.shift(`${region}: traffic stays`, { to: region, drain: [] });
    return;
  }
  for (const store of stores) {
    await rejoin(run, store, region);
    makeWay();
  }
  run.recorded(await quick.recordRejoined(`record that ${region} is back`, { ...run.key, region }));
  stillOurs(run.record);
  await moveAsPlanned(drilled, stores, { from: to, to: region }, true);
}

/** What answers is left alone: a primary is not made anew. The primary comes first, others can follow it then. */
async function comeBack(run: OperationRun, { stores, region }: { stores: StoreReplication[]; region: string }) {
  for (const store of stores) {
    const regions = [region, ...run.regionsOf(store).filter((one) => one !== region)];
    const input = { ...run.on, store: store.store };
    const statuses = await quick.databaseStatuses(`${store.store}: who is back`, { ...input, regions });
    for (const silent of statuses.filter(({ reachable }) => !reachable))
      await platform.rejoinDatabase(`${silent.region}: ${store.store} comes back`, {
        ...input,
        region: silent.region,
        epoch: run.epoch,
      });
  }
}
