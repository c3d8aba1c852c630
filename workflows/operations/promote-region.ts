import type { Writer } from '../../activities/operations';
import type { OperationReport } from '../../contracts/operation-report';
import { followAgain } from '../steps/move-primary';
import { messageOf, stepFailure } from '../support/failures';
import { askToPromote, type PromoteRegion, refuseEndlessRisk } from './failover-approval';
import { findWriters, operate } from './operate';
import type { OperateInput, OperationRun } from './operation-run';
import { promoteStores } from './promote-stores';
import { restoreCommand } from './restore-ground';
import { returnCommands } from './return-commands';
import { endMove, verifyWrites } from './traffic';
import { movesTo, unfinishedMove } from './unfinished-move';

/**
 * The unplanned change of the primary, when a person decides it: fence → promote → shift → verify. Nothing is promoted
 * without a receipt, and without one only if a named person takes the risk. What was not replicated is lost; the old
 * region stays fenced until it rejoins. Asked for again while its move is unfinished it goes on where that ended.
 */
export function promoteRegion(input: OperateInput<PromoteRegion>): Promise<OperationReport> {
  return operate(input, async (run, writers) => {
    const { region: to, proposed } = run.request;
    if (proposed) return askToPromote(run, { from: run.primary, to });
    refuseEndlessRisk(run);
    const goesOn = run.record.moving?.to === to && hasBegun(writers, to);
    if (goesOn) {
      run.passNoReturn(unfinishedMove(run, to));
      refuseUnrestored(run, writers, to);
    }
    await run.take('decide', 'claim the next epoch', () => run.claimNextEpoch());
    // whoever made way may have put the writes back meanwhile
    if (run.primary === to && !goesOn) return `${to} takes the writes already`;
    await promoteStores(run, { to, moves: movesTo(run, await findWriters(run), to) });
    await endMove(run, to);
    await verifyWrites(run, to);
    await protect(run, to);
    const out = run.record.fenced?.map(({ region }) => region) ?? [];
    run.next.push(...returnCommands(run, out));
    return `${to} takes the writes; fenced until it rejoins: ${out.join(', ')}`;
  });
}

/** Some writes are there, or nobody can tell. Else the old primary writes, and a promotion that fails has a way back. */
function hasBegun(writers: readonly Writer[], to: string): boolean {
  return writers.some(({ region }) => region === undefined || region === to);
}

/** A restore in place that broke off: nothing can be promoted for what has no data. */
function refuseUnrestored(run: OperationRun<PromoteRegion>, writers: readonly Writer[], to: string): void {
  const silent = writers.filter(({ store, region }) => !region && run.record.moving?.from[store] === to);
  if (silent.length === 0) return;
  const names = silent.map(({ store }) => store).join(', ');
  run.passNoReturn({ left: `${names} is not restored in ${to}`, next: [restoreCommand(run, to)] });
  throw stepFailure('Platform.Refused', `${names} in ${to} has no data: a restore of it has not ended`);
}

/** The other standbys follow the new primary; one that cannot is named and changes nothing about the failover. */
async function protect(run: OperationRun, to: string): Promise<void> {
  const out = [to, ...(run.record.fenced?.map(({ region }) => region) ?? [])];
  for (const store of run.stores) {
    for (const region of run.regionsOf(store).filter((one) => !out.includes(one))) {
      try {
        await run.take('protect', `${region} follows ${to}`, () => followAgain(run, store, region));
      } catch (error) {
        run.left.push(`${store.store} in ${region} does not follow ${to}: ${messageOf(error)}`);
      }
    }
  }
}
