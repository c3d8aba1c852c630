import { type DBInstance, PromoteReadReplicaCommand } from '@aws-sdk/client-rds';
import type { CallContext } from '../platform';
import { PlatformError } from '../platform-error';
import { fencedEpoch, TAG_SUCCESSOR } from './aws-data-fence-state';
import { sourceOf } from './aws-data-instances';
import { claimEpoch, type DatabaseSession, lookAgain } from './aws-data-session';
import { asSuccessor } from './aws-data-successor';
import { poll } from './poll';

/** RDS restarts the instance and takes a backup: minutes, sometimes many. */
const PROMOTION_TIMEOUT_MS = 60 * 60_000;

interface Promotion {
  epoch: number;
  expectedPrimary: string;
  old(): Promise<DatabaseSession>;
  /** a named person takes the place of the proof that the old primary is fenced: it may not even answer */
  isRiskAccepted: boolean;
}

/**
 * Makes a read replica a primary of its own, and returns it when it takes writes. RDS never looks at the old primary,
 * which would go on taking writes beside the new one: so the replica must be one of the expected primary, and that one
 * must be fenced for the same epoch, unless a person has accepted the risk. Already promoted is success.
 */
export async function promoteReplica(
  replica: DatabaseSession,
  { epoch, expectedPrimary, old, isRiskAccepted }: Promotion,
  { signal, heartbeat }: CallContext,
): Promise<DBInstance> {
  if (sourceOf(replica.instance)) {
    if (isRiskAccepted) {
      refuseOtherRegion(replica, expectedPrimary);
      await claimEpoch(epoch, [replica]);
    } else {
      const primary = await old();
      refuseOtherSource(replica, primary);
      refuseUnfenced(primary, epoch);
      await claimEpoch(epoch, [replica, primary]);
    }
    await promote(replica, epoch, signal);
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
async function promote(replica: DatabaseSession, epoch: number, signal: AbortSignal): Promise<void> {
  const { call, rds, id } = replica;
  const free = await poll(
    async () => {
      const now = await lookAgain(replica);
      return now.DBInstanceStatus === 'available' || !sourceOf(now) ? now : undefined;
    },
    { signal, timeoutMs: PROMOTION_TIMEOUT_MS, tooLate: () => tooLate(replica) },
  );
  if (!sourceOf(free)) return;
  const asked = { tag: TAG_SUCCESSOR, epoch } as const;
  await asSuccessor(replica, asked, () => call(rds.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: id }))));
}

function refuseOtherSource({ instance, place }: DatabaseSession, primary: DatabaseSession): void {
  const source = sourceOf(instance);
  if (source === primary.instance.DBInstanceArn || source === primary.id) return;
  throw otherSource(place, `${source}, not from ${primary.id} in ${primary.place.region}`);
}

/** All that can be said when nobody can ask the old primary: a source in another region is an ARN, which names it. */
function refuseOtherRegion({ instance, place }: DatabaseSession, expectedPrimary: string): void {
  const source = sourceOf(instance) ?? '';
  if (source.split(':')[3] === expectedPrimary) return;
  throw otherSource(place, `${source}, which is not in ${expectedPrimary}`);
}

function otherSource({ store, region }: DatabaseSession['place'], words: string): PlatformError {
  return new PlatformError(
    'Platform.Refused',
    `expectedPrimary: ${store} in ${region} replicates from ${words}; read the record again`,
    { region, resource: store },
  );
}

function refuseUnfenced({ instance, closedGroup, place }: DatabaseSession, epoch: number): void {
  // a replica that is itself replicated from has a source which goes on taking writes
  const fenced = closedGroup && !sourceOf(instance) ? fencedEpoch(instance, closedGroup) : undefined;
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
