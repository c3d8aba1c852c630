import type { HandOver } from '../../contracts/failover';
import type { Lease } from '../../failover/protocol/lease';
import { LabError } from '../lab-error';
import { endOfStoppedPrimary } from '../postgres/control-file';
import { isInHistory, timelineHistory } from '../postgres/timeline-history';
import { markedProcesses } from '../processes/marked-processes';
import { accessTo } from './databases';
import { acceptEpoch } from './epoch';
import { keeperOf } from './keepers';
import { type Database, type Deployment, databaseOf, type Lab, type Store, siteOf, storeOf } from './lab-state';
import { readLease } from './leases';

const WITHIN_MS = 30_000;

/**
 * Moves the primary of a store as planned: the keeper of the old region stops in order and gives the lease to that of
 * the new one (failover/keeper/store-keeper.ts). Done already is success. When it fails before anything was stopped the
 * old primary goes on; when it fails after, nobody holds the lease and a promotion decides. Throws `Platform.Unavailable`
 * when nobody can say which: asking again finds out.
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
  const refuse = (why: string) => new LabError('Platform.Refused', why, { region: to, resource: store.name });
  databaseOf(deployment, to, store.name);
  if (await wasHandedOver(lab, deployment, store, database, lease))
    return done(lab, store, database, { to, heldMs: 0 });
  if (lease.holder !== from)
    throw refuse(`from: the lease of ${store.name} is ${lease.holder ?? 'nobody'}'s, not ${from}'s`);
  if (to === from) throw refuse(`to: ${to} is the primary of ${store.name} already`);
  const epoch = Math.max(input.epoch, lease.epoch + 1);
  // on record before it is asked for: when the answer is lost, asking again finds out what became of it
  const before = store.lastPromotion;
  store.lastPromotion = { from, to, epoch };
  const { heldMs } = await keeperOf(siteOf(deployment, from))
    .call('handOver', { store: store.name, to, epoch }, WITHIN_MS)
    .catch(async (error: unknown) => {
      // the new region may have taken it although its answer was lost
      const present = await readLease(deployment, store).catch(() => undefined);
      if (present && (await wasHandedOver(lab, deployment, store, database, present))) return { heldMs: 0 };
      if (error instanceof LabError) throw error;
      store.lastPromotion = before;
      throw refuse(
        `${store.name} was not handed over to ${to}: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  store.primary = to;
  return done(lab, store, database, { to, heldMs });
}

/**
 * An earlier attempt did it: the lease is where it was to go, and the old database stopped in order with all of its log in
 * the history of the new one. The lease alone says nothing: sentinels may have moved it, because the old region died.
 */
async function wasHandedOver(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  { region, marker, dataFolder }: Database,
  { holder, epoch }: Lease,
): Promise<boolean> {
  const { from, to, epoch: since } = store.lastPromotion ?? {};
  if (from !== region || to === undefined || to !== holder || since !== epoch) return false;
  if (markedProcesses(marker).length > 0) return false;
  const end = await endOfStoppedPrimary(dataFolder).catch(() => undefined);
  if (!end) return false;
  return isInHistory(end, await timelineHistory(accessTo(lab, store, databaseOf(deployment, to, store.name))));
}

function done(lab: Lab, store: Store, database: Database, { to, heldMs }: { to: string; heldMs: number }): HandOver {
  const { region } = database;
  const epoch = store.lastPromotion?.epoch ?? store.epoch;
  database.wanted = false;
  database.fenced = {
    ...{ kind: 'stopped-cleanly', region, epoch, at: new Date().toISOString() },
    detail: `the keeper of ${region} stopped the database of ${store.name} in order, once ${to} had all of its log`,
  };
  lab.log(`${store.name} handed over from ${region} to ${to}, epoch ${epoch}, writes held ${Math.round(heldMs)} ms`);
  return { fence: database.fenced, heldMs };
}
