import type { HandOver } from '../../contracts/failover';
import { LabError } from '../lab-error';
import { acceptEpoch } from './epoch';
import { keeperOf } from './keepers';
import { type Deployment, databaseOf, type Lab, siteOf, storeOf } from './lab-state';
import { readLease } from './leases';

const WITHIN_MS = 30_000;

/**
 * Moves the primary of a store as planned: the keeper of the old region stops in order and gives the lease to that of
 * the new one (failover/keeper/store-keeper.ts). Done already is success. When it fails before anything was stopped the
 * old primary goes on; when it fails after, nobody holds the lease and a promotion decides.
 */
export async function handOver(
  lab: Lab,
  deployment: Deployment,
  input: { store: string; from: string; to: string; epoch: number },
): Promise<HandOver> {
  const store = storeOf(deployment, input.store);
  const { from, to } = input;
  const lease = await readLease(deployment, store);
  acceptEpoch(store, input.epoch);
  const database = databaseOf(deployment, from, store.name);
  if (lease.holder === to && database.fenced?.epoch === lease.epoch) return { fence: database.fenced, heldMs: 0 };
  const refuse = (why: string) => new LabError('Platform.Refused', why, { region: to, resource: store.name });
  databaseOf(deployment, to, store.name);
  if (lease.holder !== from)
    throw refuse(`from: the lease of ${store.name} is ${lease.holder ?? 'nobody'}'s, not ${from}'s`);
  if (to === from) throw refuse(`to: ${to} is the primary of ${store.name} already`);
  const epoch = Math.max(input.epoch, lease.epoch + 1);
  const { heldMs } = await keeperOf(siteOf(deployment, from))
    .call('handOver', { store: store.name, to, epoch }, WITHIN_MS)
    .catch((error: unknown) => {
      throw refuse(
        `${store.name} was not handed over to ${to}: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  database.wanted = false;
  database.fenced = {
    ...{ kind: 'stopped-cleanly', region: from, epoch, at: new Date().toISOString() },
    detail: `the keeper of ${from} stopped the database of ${store.name} in order, once ${to} had all of its log`,
  };
  store.lastPromotion = { from, to, epoch };
  store.primary = to;
  lab.log(`${store.name} handed over from ${from} to ${to}, epoch ${epoch}, writes held ${Math.round(heldMs)} ms`);
  return { fence: database.fenced, heldMs };
}
