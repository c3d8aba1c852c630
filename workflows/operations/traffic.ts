import { previewHostname } from '../../contracts/preview-hostname';
import { measure, platform } from '../support/activity-stubs';
import type { OperationRun } from './operation-run';

/** A write must be readable where it was made within this. */
const READ_BACK_MS = 5_000;

/** Writes and primary traffic go to a region; those in `drain` answer nobody. */
export async function moveTraffic(run: OperationRun, { to, drain }: { to: string; drain: string[] }): Promise<void> {
  const input = { ...run.on, hostname: run.live.hostname, to, drain, epoch: run.epoch };
  await run.take('shift', `shift traffic to ${to}`, () => platform.moveTraffic(`${to}: shift traffic`, input));
  await run.readRecord('who answers now');
}

/** A write through the edge arrives in the region that is to have it, for every store. */
export async function verifyWrites(run: OperationRun, to: string): Promise<void> {
  await run.take('verify', `write and read in ${to}`, async () => {
    for (const { store } of run.stores) {
      const hostname = previewHostname(run.live.hostname);
      const input = { ...run.on, store, hostname, regions: [to], timeoutMs: READ_BACK_MS };
      const [seen] = await measure.writeAndRead(`${store}: write and read in ${to}`, input);
      run.saw(`a write to ${store} was readable in ${to} after ${Math.round(seen?.afterMs ?? 0)} ms`);
    }
  });
}
