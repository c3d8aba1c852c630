import { previewHostname } from '../../contracts/preview-hostname';
import { measure, platform, quick } from '../support/activity-stubs';
import type { OperationRun } from './operation-run';
import { returnCommands } from './return-commands';

/** A write must be readable where it was made within this. */
const READ_BACK_MS = 5_000;

/** Writes and primary traffic go to a region; those in `drain` answer nobody. */
export async function moveTraffic(run: OperationRun, { to, drain }: { to: string; drain: string[] }): Promise<void> {
  const input = { ...run.on, hostname: run.live.hostname, to, drain, epoch: run.epoch };
  await run.take('shift', `shift traffic to ${to}`, () => platform.moveTraffic(`${to}: shift traffic`, input));
  await run.readRecord('who answers now');
}

/**
 * The end of a move of the writes: traffic follows to where they are, fenced regions answer nobody, and the record says
 * that nothing moves any more. What is left to do then is named, should the operation still break off.
 */
export async function endMove(run: OperationRun, to: string): Promise<void> {
  const out = run.record.fenced?.map(({ region }) => region) ?? [];
  const drain = [...new Set([...run.record.drained, ...out])].filter((region) => region !== to);
  await moveTraffic(run, { to, drain });
  run.recorded(await quick.recordMoveEnded(`record that all has moved to ${to}`, run.key));
  run.passNoReturn({ left: `that writes arrive in ${to} was not seen`, next: returnCommands(run, out) });
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
