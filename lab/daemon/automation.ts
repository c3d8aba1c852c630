import type { Automation, LeaseStatus, Takeover } from '../../contracts/failover';
import { LabError } from '../lab-error';
import { syncDataPlane } from './data-plane';
import { type Deployment, databasesOf, type Lab, type Store, storeOf } from './lab-state';
import { readLease } from './leases';

const SUSPENDED_AT_MOST_MS = 60_000;
const TELLS_WITHIN_MS = 2_000;

/** What the sentinels may do from now on. Refuses a chain that names a region without a database that may be elected. */
export async function automate(
  lab: Lab,
  deployment: Deployment,
  input: { store: string; chain: string[]; automation: Automation },
): Promise<Record<string, never>> {
  const store = storeOf(deployment, input.store);
  const able = databasesOf(deployment, store.name)
    .filter(({ spec }) => spec.promotable !== false)
    .map(({ region }) => region);
  const wrong = input.chain.find((region) => !able.includes(region));
  if (wrong !== undefined) {
    throw new LabError(
      'Platform.Refused',
      `chain: ${wrong} has no database of ${store.name} that may take over; those that have: ${able.join(', ') || 'none'}`,
      { region: wrong, resource: store.name },
    );
  }
  store.chain = input.chain;
  store.automation = input.automation;
  await syncDataPlane(lab, deployment);
  return {};
}

/**
 * Who fences a primary chooses its successor: until he has, or for a while from the last time that he asked, the
 * sentinels do not. Without this they would elect one the moment the lease is given up. Throws `Platform.Unavailable`
 * when two of three have not heard: then nothing is suspended.
 */
export async function suspendAutomation(lab: Lab, deployment: Deployment, store: Store): Promise<void> {
  if (store.automation !== 'automatic') return;
  waitAnew(lab, deployment, store);
  const heard = await syncDataPlane(lab, deployment);
  if (heard >= deployment.witnesses.length - 1) return;
  await resumeAutomation(lab, deployment, store);
  throw new LabError('Platform.Unavailable', `only ${heard} sentinels of ${store.name} answer: they would not wait`, {
    resource: store.name,
  });
}

/** Whoever chooses the successor is still at it: sentinels that wait go on waiting. */
export function prolongSuspension(lab: Lab, deployment: Deployment, store: Store): void {
  if (store.suspended) waitAnew(lab, deployment, store);
}

function waitAnew(lab: Lab, deployment: Deployment, store: Store): void {
  clearTimeout(store.suspended);
  store.suspended = setTimeout(() => void resumeAutomation(lab, deployment, store), SUSPENDED_AT_MOST_MS).unref();
}

export async function resumeAutomation(lab: Lab, deployment: Deployment, store: Store): Promise<void> {
  if (!store.suspended) return;
  clearTimeout(store.suspended);
  store.suspended = undefined;
  await syncDataPlane(lab, deployment).catch((error: unknown) => lab.log(String(error)));
}

export async function leaseStatus(deployment: Deployment, name: string): Promise<{ lease?: LeaseStatus }> {
  const store = storeOf(deployment, name);
  if (deployment.witnesses.length === 0) return {};
  const { holder, epoch } = await readLease(deployment, store);
  return { lease: { ...(holder !== undefined && { holder }), epoch, automation: store.automation } };
}

/** What the sentinels did by themselves. Several help with one takeover: the first to see it done tells of it. */
export async function takeovers(
  deployment: Deployment,
  { store, since }: { store: string; since: string },
): Promise<Takeover[]> {
  const told = await Promise.all(
    deployment.witnesses.map(({ process }) => process?.call('takeovers', {}, TELLS_WITHIN_MS).catch(() => []) ?? []),
  );
  return told
    .flat()
    .filter((takeover) => takeover.store === store && Date.parse(takeover.at) >= Date.parse(since))
    .sort((a, b) => a.epoch - b.epoch || a.at.localeCompare(b.at))
    .filter(({ epoch }, index, all) => all[index - 1]?.epoch !== epoch);
}
