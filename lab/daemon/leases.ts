import { setTimeout as sleep } from 'node:timers/promises';
import { createEmbeddedLeaseStore } from '../../failover/lease-store/embedded-lease-store';
import type { LeaseStore } from '../../failover/lease-store/lease-store';
import { type Lease, type LeaseChange, released, takenOver } from '../../failover/protocol/lease';
import { DEFAULT_TIMING } from '../../failover/protocol/timing';
import { LabError } from '../lab-error';
import { type Deployment, deploymentKey, type Store } from './lab-state';

const TIMEOUT_MS = 2_000;

export function leaseKey(deployment: Deployment, store: string): string {
  return `${deploymentKey(deployment)}/${store}`;
}

/** The lease store as the control plane reaches it: without a way in between. */
function leasesOf(deployment: Deployment): LeaseStore {
  deployment.leases ??= createEmbeddedLeaseStore({
    replicas: deployment.witnesses.map(({ replicaPort }) => `http://127.0.0.1:${replicaPort}`),
    name: 'control-plane',
    timeoutMs: TIMEOUT_MS,
  });
  return deployment.leases;
}

/**
 * Who holds the lease of a store; with it the store's primary is as it is now. Sentinels may have moved it since it was
 * last looked at: then whoever acts with an epoch from before is refused. A region that lost its lease and got it back has
 * a later epoch, too, and nothing that anybody believed is wrong by that. Throws `Platform.Unavailable` when no majority of the store answers.
 */
export async function readLease(deployment: Deployment, store: Store): Promise<Lease> {
  const key = leaseKey(deployment, store.name);
  const lease = await leasesOf(deployment)
    .read(key)
    .catch((error: unknown) => {
      throw new LabError(
        'Platform.Unavailable',
        `nobody can say who holds the lease of ${store.name}: ${String(error)}`,
      );
    });
  if (lease.holder !== undefined && lease.holder !== store.primary) {
    store.primary = lease.holder;
    store.epoch = Math.max(store.epoch, lease.epoch);
  }
  return lease;
}

/** Gives a lease that nobody holds to a region. Throws when somebody else was quicker or it is held. */
export async function grantLease(deployment: Deployment, store: Store, region: string): Promise<Lease> {
  const lease = await readLease(deployment, store);
  if (lease.holder !== undefined) {
    throw new LabError(
      'Platform.Refused',
      `${lease.holder} holds the lease of ${store.name} in epoch ${lease.epoch}; fence it first`,
      { region: lease.holder, resource: store.name },
    );
  }
  return take(deployment, store, lease, region, `${region} did not get the lease`);
}

/**
 * Gives the lease of a region that has not renewed it since it was seen, for as long as it holds, to another one. In one
 * act: whoever comes back meanwhile and renews it keeps it. Throws `Platform.Refused` then.
 */
export async function takeSilentLease(
  deployment: Deployment,
  store: Store,
  seen: Lease,
  region: string,
  leaseMs = DEFAULT_TIMING.leaseMs,
): Promise<Lease> {
  await sleep(leaseMs);
  const otherwise = `${seen.holder} renews its lease of ${store.name}: it lives and takes writes; hand over, or fence it`;
  return take(deployment, store, seen, region, otherwise);
}

function take(deployment: Deployment, store: Store, seen: Lease, region: string, otherwise: string): Promise<Lease> {
  const epoch = Math.max(seen.epoch + 1, store.epoch, 1);
  return change(deployment, store, takenOver(seen, region, epoch), otherwise);
}

/**
 * The proof that a region has stopped is here: its lease is given up for it. Not its holder any more is success: its keeper
 * may be giving it up, too.
 */
export async function releaseLease(deployment: Deployment, store: Store, region: string): Promise<void> {
  const lease = await readLease(deployment, store);
  if (lease.holder !== region) return;
  const giveUp = released(region, lease.epoch);
  await change(deployment, store, giveUp, `the lease of ${region} could not be given up`).catch(
    async (error: unknown) => {
      if ((await readLease(deployment, store)).holder === region) throw error;
    },
  );
}

async function change(deployment: Deployment, store: Store, next: LeaseChange, otherwise: string): Promise<Lease> {
  const answer = await leasesOf(deployment).change(leaseKey(deployment, store.name), next);
  if (answer.outcome === 'changed') {
    if (answer.lease.holder !== undefined) store.primary = answer.lease.holder;
    return answer.lease;
  }
  const why =
    answer.outcome === 'unknown'
      ? answer.reason
      : `the lease is ${answer.lease.holder ?? 'nobody'}'s in epoch ${answer.lease.epoch}`;
  throw new LabError(
    answer.outcome === 'unknown' ? 'Platform.Unavailable' : 'Platform.Refused',
    `${otherwise}: ${why}`,
    {
      resource: store.name,
    },
  );
}
