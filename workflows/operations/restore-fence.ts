import type { DeploymentRecord } from '../../contracts/record';
import { fencing, platform } from '../support/activity-stubs';
import { messageOf, stepFailure } from '../support/failures';
import type { OperationRun } from './operation-run';
import { type Restore, type RestoreGround, restoreCommand } from './restore-ground';
import { returnCommands } from './return-commands';
import { moveElsewhere, type StoreMove, takeBackMove } from './unfinished-move';

type Run = OperationRun<Restore>;

interface Fence {
  to: string;
  /** every store with who has its writes */
  moves: readonly StoreMove[];
}

/**
 * No database of any region can write, with a receipt for each. Who has the writes is the last: when one of the others
 * cannot be fenced, it has not been touched. The way back returns every region that was.
 */
export function fenceAll(run: Run, { to, moves }: Fence, { living }: RestoreGround): Promise<void> {
  const touched = new Set<string>();
  const before = moveElsewhere(run, to);
  const fence = async () => {
    for (const { store, from } of moves) {
      for (const region of [...standbysOf(run, { store, from }), from]) {
        touched.add(region);
        const input = { ...run.on, store, region, epoch: run.epoch };
        run.receipts.push(await fencing.fenceDatabase(`${region}: fence ${store}`, input));
      }
    }
  };
  const what = `${[...new Set(moves.map(({ from }) => from))].join(', ')} takes the writes again`;
  const act = () => comeBack(run, { to, moves }, { touched, living, before });
  return run.take('fence', 'see that no database can write', fence, { what, act });
}

function standbysOf(run: Run, { store, from }: StoreMove): string[] {
  const replication = run.stores.find((one) => one.store === store);
  return replication ? run.regionsOf(replication).filter((region) => region !== from) : [];
}

/** The primary of a store first: it is what standbys follow. One of those that did not answer before stays as it was. */
async function comeBack(
  run: Run,
  { to, moves }: Fence,
  was: { touched: Set<string>; living: ReadonlySet<string>; before: DeploymentRecord['moving'] },
): Promise<void> {
  const failed = new Map<string, string>();
  const primaries = moves.filter(({ from }) => was.touched.has(from));
  for (const move of moves) {
    const standbys = standbysOf(run, move).filter((region) => was.touched.has(region) && was.living.has(region));
    for (const region of [...(primaries.includes(move) ? [move.from] : []), ...standbys]) {
      if (failed.has(region)) continue;
      const asPrimary = region === move.from && { asPrimary: true };
      const input = { ...run.on, store: move.store, region, epoch: run.epoch, ...asPrimary };
      await platform.rejoinDatabase(`${region}: ${move.store} comes back`, input).catch((error: unknown) => {
        failed.set(region, messageOf(error));
      });
    }
  }
  const isBack = primaries.every(({ from }) => !failed.has(from));
  run.next.push(...(isBack ? returnCommands(run, [...failed.keys()]) : [restoreCommand(run, to)]));
  if (isBack && primaries.length > 0) await takeBackMove(run, primaries, was.before);
  if (failed.size === 0) return;
  throw stepFailure('Platform.Unavailable', [...failed].map(([region, why]) => `${region}: ${why}`).join('; '));
}
