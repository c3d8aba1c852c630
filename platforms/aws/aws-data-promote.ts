import { type DBInstance, PromoteReadReplicaCommand } from '@aws-sdk/client-rds';
import type { CallContext } from '../platform';
import { PlatformError } from '../platform-error';
import { fencedEpoch } from './aws-data-fence-state';
import { sourceOf } from './aws-data-instances';
import { claimEpoch, type DatabaseSession, lookAgain } from './aws-data-session';
import { poll } from './poll';

/** RDS restarts the instance and takes a backup: minutes, sometimes many. */
const PROMOTION_TIMEOUT_MS = 60 * 60_000;

/**
 * Makes a read replica a primary of its own, and returns it when it takes writes. RDS never looks at the old primary,
 * which would go on taking writes beside the new one: so the replica must be one of the expected primary, and that one
 * must be fenced for the same epoch. Already promoted is success.
 */
export async function promoteReplica(
  replica: DatabaseSession,
  old: () => Promise<DatabaseSession>,
  { epoch }: { epoch: number },
  { signal, heartbeat }: CallContext,
): Promise<DBInstance> {
  if (sourceOf(replica.instance)) {
    const primary = await old();
    refuseOtherSource(replica, primary);
    refuseUnfenced(primary, epoch);
    await claimEpoch(epoch, [replica, primary]);
    await promote(replica, signal);
  } else await claimEpoch(epoch, [replica]);
  return poll(
    async () => {
      const now = await lookAgain(replica);
      heartbeat(`${replica.id}: ${now.DBInstanceStatus}`);
      return !sourceOf(now) && now.DBInstanceStatus === 'available' ? now : undefined;
    },
    { signal, timeoutMs: PROMOTION_TIMEOUT_MS, tooLate: () => tooLate(replica) },
  );
}

/** Another change may be under way, this promotion among them: RDS refuses a second one. */
async function promote(replica: DatabaseSession, signal: AbortSignal): Promise<void> {
  const { call, rds, id } = replica;
  const free = await poll(
    async () => {
      const now = await lookAgain(replica);
      return now.DBInstanceStatus === 'available' || !sourceOf(now) ? now : undefined;
    },
    { signal, timeoutMs: PROMOTION_TIMEOUT_MS, tooLate: () => tooLate(replica) },
  );
  if (sourceOf(free)) await call(rds.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: id })));
}

function refuseOtherSource({ instance, place }: DatabaseSession, primary: DatabaseSession): void {
  const source = sourceOf(instance);
  if (source === primary.instance.DBInstanceArn || source === primary.id) return;
  throw new PlatformError(
    'Platform.Refused',
    `expectedPrimary: ${place.store} in ${place.region} replicates from ${source}, not from ${primary.id} in ${primary.place.region}; read the record again`,
    { region: place.region, resource: place.store },
  );
}

function refuseUnfenced({ instance, closedGroup, place }: DatabaseSession, epoch: number): void {
  const fenced = closedGroup ? fencedEpoch(instance, closedGroup) : undefined;
  if (fenced === epoch) return;
  const state = fenced === undefined ? 'is not fenced' : `is fenced for epoch ${fenced}`;
  throw new PlatformError(
    'Platform.Refused',
    `${place.store} in ${place.region} ${state}, and would go on taking writes: fence it for epoch ${epoch} first`,
    { region: place.region, resource: place.store },
  );
}

function tooLate({ id, place }: DatabaseSession): PlatformError {
  return new PlatformError('Platform.Unavailable', `${id} is still being promoted`, {
    region: place.region,
    resource: place.store,
  });
}
