import { fencing, platform } from '../support/activity-stubs';
import { messageOf, stepFailure } from '../support/failures';
import type { OperationRun } from './operation-run';
import type { Restore, RestoreGround } from './restore-ground';
import { returnCommands } from './return-commands';

type Run = OperationRun<Restore>;

/**
 * No database of any region can write, with a receipt for each. The primary is the last: when one of the others cannot be
 * fenced, it has not been touched. The way back returns every region that was.
 */
export function fenceAll(run: Run, from: string, { living }: RestoreGround): Promise<void> {
  const touched = new Set<string>();
  const back = { what: `${from} takes the writes again`, act: () => comeBack(run, from, touched, living) };
  const fence = async () => {
    for (const store of run.stores) {
      const regions = run.regionsOf(store);
      for (const region of [...regions.filter((one) => one !== from), ...regions.filter((one) => one === from)]) {
        touched.add(region);
        const input = { ...run.on, store: store.store, region, epoch: run.epoch };
        run.receipts.push(await fencing.fenceDatabase(`${region}: fence ${store.store}`, input));
      }
    }
  };
  return run.take('fence', 'see that no database can write', fence, back);
}

/** The primary first: it is what standbys follow. One that did not answer before stays as it was. */
async function comeBack(run: Run, from: string, touched: Set<string>, living: ReadonlySet<string>): Promise<void> {
  const failed: string[] = [];
  const standbys = [...touched].filter((region) => region !== from && living.has(region));
  for (const region of [...(touched.has(from) ? [from] : []), ...standbys]) {
    try {
      await rejoinAll(run, region, region === from);
    } catch (error) {
      failed.push(`${region}: ${messageOf(error)}`);
      if (region !== from) run.next.push(...returnCommands(run, [region]));
    }
  }
  if (failed.length > 0) throw stepFailure('Platform.Unavailable', failed.join('; '));
}

async function rejoinAll(run: Run, region: string, asPrimary: boolean): Promise<void> {
  for (const store of run.stores.filter((one) => run.regionsOf(one).includes(region))) {
    const input = { ...run.on, store: store.store, region, epoch: run.epoch, ...(asPrimary && { asPrimary }) };
    await platform.rejoinDatabase(`${region}: ${store.store} comes back`, input);
  }
}
