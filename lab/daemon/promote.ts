import { setTimeout as sleep } from 'node:timers/promises';
import { positionBytes } from '../../contracts/log-position';
import type { DatabaseStatus } from '../../contracts/replication';
import type { FenceReceipt } from '../../contracts/validation';
import { comparePositions, type LogPosition } from '../../failover/protocol/plan';
import { LabError } from '../lab-error';
import { type DatabaseState, databaseState } from '../postgres/database-state';
import { markedProcesses } from '../processes/marked-processes';
import { prolongSuspension, resumeAutomation } from './automation';
import { databaseStatus } from './database-status';
import { accessTo, serve } from './databases';
import { acceptEpoch } from './epoch';
import {
  type Database,
  type Deployment,
  databaseOf,
  databasesOf,
  type Lab,
  type Store,
  siteOf,
  storeOf,
} from './lab-state';
import { grantLease, readLease, takeSilentLease } from './leases';

export interface PromoteInput {
  store: string;
  region: string;
  expectedPrimary: string;
  epoch: number;
  /** a named person takes the place of the proof that the old primary has stopped, and of standbys that cannot be seen */
  riskAccepted?: FenceReceipt;
}

/** What is still on its way from a dead primary arrives within this time, or the positions are compared as they are. */
const STREAMS_END_WITHIN_MS = 1_000;
/** A standby that lives has this long to say how far it is: one that cannot be seen may hold more than all others. */
const POSITIONS_KNOWN_WITHIN_MS = 5_000;

/**
 * Gives the lease to the named standby, whose keeper makes it the primary. Refuses when the caller's idea of the primary
 * is not the present one, when that one still has processes (fence first), and when another standby holds more of the
 * log. The other standbys follow by themselves. Repeating a promotion promotes nothing again and completes what was left.
 */
export async function promote(lab: Lab, deployment: Deployment, input: PromoteInput): Promise<DatabaseStatus> {
  const store = storeOf(deployment, input.store);
  const lease = await readLease(deployment, store);
  acceptEpoch(store, input.epoch);
  prolongSuspension(lab, deployment, store);
  const site = siteOf(deployment, input.region);
  if (lease.holder === input.region && store.lastPromotion?.epoch === input.epoch) {
    await serve(site, store, lease.epoch);
  } else {
    const database = databaseOf(deployment, input.region, input.store);
    refuseUnlessExpected(deployment, store, input);
    if (!input.riskAccepted) await refuseUnlessMostAdvanced(lab, deployment, store, database);
    store.lastPromotion = { from: input.expectedPrimary, to: input.region, epoch: input.epoch };
    // even at somebody's risk nobody is promoted beside a region that renews its lease: that one lives
    const isSilent = input.riskAccepted && lease.holder !== undefined;
    const { epoch } = isSilent
      ? await takeSilentLease(deployment, store, lease, input.region)
      : await grantLease(deployment, store, input.region);
    await serve(site, store, epoch);
    lab.log(`promoted ${input.region} for ${input.store}, epoch ${input.epoch}`);
  }
  await resumeAutomation(lab, deployment, store);
  return databaseStatus(lab, deployment, input);
}

function refuseUnlessExpected(
  deployment: Deployment,
  store: Store,
  { region, expectedPrimary, riskAccepted }: PromoteInput,
): void {
  const refuse = (why: string) => new LabError('Platform.Refused', why, { region, resource: store.name });
  if (store.primary !== expectedPrimary) {
    throw refuse(
      `expectedPrimary: ${expectedPrimary} is not the primary of ${store.name}; it is ${store.primary ?? 'absent'}`,
    );
  }
  if (region === expectedPrimary) throw refuse(`region: ${region} is the primary of ${store.name} already`);
  const old = deployment.sites.get(expectedPrimary)?.databases.get(store.name);
  const living = old ? markedProcesses(old.marker) : [];
  if (living.length > 0 && !riskAccepted) {
    throw refuse(
      `${expectedPrimary} is not fenced: its database has ${living.length} living processes; fence it first`,
    );
  }
}

async function refuseUnlessMostAdvanced(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  chosen: Database,
): Promise<void> {
  const positions = await finalPositions(lab, deployment, store);
  const mine = positions.find(({ region }) => region === chosen.region);
  if (!mine) {
    throw new LabError('Platform.Unavailable', `the standby of ${store.name} in ${chosen.region} does not answer`, {
      region: chosen.region,
    });
  }
  const ahead = positions.find((other) => comparePositions(logPosition(other), logPosition(mine)) > 0);
  if (!ahead) return;
  throw new LabError(
    'Platform.Refused',
    `${chosen.region} is at ${mine.position}, but ${ahead.region} is at ${ahead.position}: promote ${ahead.region}, or writes are lost`,
    { region: chosen.region, resource: store.name },
  );
}

function logPosition({ timeline = 0, position }: Pick<DatabaseState, 'timeline' | 'position'>): LogPosition {
  return { timeline, bytes: positionBytes(position) };
}

/**
 * Positions of all living standbys that may be promoted, once nothing streams in any more. Refuses while one of them
 * cannot be seen.
 */
async function finalPositions(
  lab: Lab,
  deployment: Deployment,
  store: Store,
): Promise<Array<DatabaseState & { region: string }>> {
  const standbys = databasesOf(deployment, store.name).filter(
    ({ region, spec }) => region !== store.primary && spec.promotable !== false,
  );
  const startedMs = Date.now();
  for (;;) {
    const asked = await Promise.all(standbys.map((standby) => stateOrNothing(lab, store, standby)));
    const states = asked.filter((state) => state !== undefined);
    const unseen = standbys.filter(
      ({ region, marker }) => !states.some((state) => state.region === region) && isAlive(marker),
    );
    const waitedMs = Date.now() - startedMs;
    const isSettled = !states.some(({ streaming }) => streaming) || waitedMs > STREAMS_END_WITHIN_MS;
    if (unseen.length === 0 && isSettled) return states;
    if (unseen[0] && waitedMs > POSITIONS_KNOWN_WITHIN_MS) {
      const { region } = unseen[0];
      throw new LabError(
        'Platform.Unavailable',
        `the standby of ${store.name} in ${region} lives and does not say how far it is`,
        { region },
      );
    }
    await sleep(10);
  }
}

function isAlive(marker: string): boolean {
  return markedProcesses(marker).length > 0;
}

async function stateOrNothing(
  lab: Lab,
  store: Store,
  standby: Database,
): Promise<(DatabaseState & { region: string }) | undefined> {
  const state = await databaseState({ ...accessTo(lab, store, standby), timeoutMs: 500 }).catch(() => undefined);
  return state && { ...state, region: standby.region };
}
