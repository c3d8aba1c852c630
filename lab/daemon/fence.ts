import type { FenceReceipt } from '../../contracts/validation';
import { LabError } from '../lab-error';
import { markedProcesses } from '../processes/marked-processes';
import { suspendAutomation } from './automation';
import { stopDatabase } from './databases';
import { acceptEpoch } from './epoch';
import { type Database, type Deployment, databaseOf, type Lab, siteOf, storeOf } from './lab-state';
import { readLease, releaseLease } from './leases';

/**
 * Makes sure that a database cannot write any more: its keeper stops it in order where it answers, and what is left is
 * killed. The receipt is given only when no process of it exists and the region does not hold the lease; nothing starts
 * it again but a rejoin. The same fence again gets the same receipt while the database is stopped; one that
 * comes once it was started again is refused: it would stop a fresh standby, or say that nothing of it runs.
 */
export async function fence(
  lab: Lab,
  deployment: Deployment,
  input: { store: string; region: string; epoch: number },
): Promise<FenceReceipt> {
  const store = storeOf(deployment, input.store);
  const database = databaseOf(deployment, input.region, input.store);
  const lease = await readLease(deployment, store);
  acceptEpoch(store, input.epoch);
  refuseAfterRejoin(database, input.epoch);
  if (database.fenced?.epoch === input.epoch && lease.holder !== input.region) return database.fenced;
  if (lease.holder === input.region) await suspendAutomation(lab, deployment, store);
  const before = markedProcesses(database.marker);
  const stop = () =>
    stopDatabase(siteOf(deployment, input.region), database).catch((error: unknown) => {
      throw new LabError('Platform.Unavailable', `${input.region} is not fenced: ${String(error)}`, {
        region: input.region,
      });
    });
  const first = await stop();
  await releaseLease(deployment, store, input.region);
  // a keeper that was killed is started again, and may have found the lease still its own: from here on it cannot
  const again = await stop();
  const killed = [...first.killed, ...again.killed];
  const kind = first.clean && again.clean && before.length > 0 ? 'stopped-cleanly' : 'processes-gone';
  const ended = before.length > 0 ? `pids ${before.join(', ')} ended` : 'no process was left';
  const how = killed.length > 0 ? `; killed: ${killed.join(', ')}` : '';
  const detail = `database ${input.store} in ${input.region}: ${ended}${how}; none with its marker remains`;
  lab.log(`fence ${input.region}: ${kind}, ${detail}`);
  database.fenced = { kind, region: input.region, epoch: input.epoch, at: new Date().toISOString(), detail };
  return database.fenced;
}

/** Fence, then rejoin, is the order within an epoch: a fence that comes after is from an attempt that was given up. */
function refuseAfterRejoin({ store, region, rejoinedInEpoch }: Database, epoch: number): void {
  if (rejoinedInEpoch !== epoch) return;
  throw new LabError(
    'Platform.StaleEpoch',
    `epoch: database ${store} in ${region} has rejoined in epoch ${epoch}; to fence it again, claim a newer one`,
    { region, resource: store },
  );
}
