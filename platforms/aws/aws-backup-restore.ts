import {
  type DBInstance,
  DescribeDBInstancesCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import type { RecoveryTarget, RestoreReport } from '../../contracts/backup';
import type { CallContext, StoreRef } from '../platform';
import { PlatformError } from '../platform-error';
import { fencedEpoch, groupsBefore, TAG_FENCED, TAG_RESTORED, tagOf } from './aws-data-fence-state';
import { sourceOf } from './aws-data-instances';
import { claimEpoch, type DatabaseSession } from './aws-data-session';
import { asSuccessor } from './aws-data-successor';
import { errorName } from './aws-failure';
import { poll } from './poll';

/** What stands for a backup where the instance's own log is replayed. */
export const AUTOMATED = 'automated';

const RESTORE_TIMEOUT_MS = 12 * 60 * 60_000;

export interface AwsRestoreInput extends StoreRef {
  region: string;
  target: RecoveryTarget;
  epoch: number;
  /** the snapshot to restore from, which is in the region; undefined: the log of the region's own primary is replayed */
  snapshot?: { id: string; name: string; takenAt: string };
}

/**
 * Makes a new instance beside the one of the data stack, with its network, class and tags: RDS restores into new
 * instances only. Nothing is pointed at it: what is left to do is in the notes.
 */
export async function restoreInstance(
  databases: DatabaseSession[],
  input: AwsRestoreInput,
  { signal, heartbeat }: CallContext,
): Promise<RestoreReport> {
  const { store, region, target, epoch, snapshot } = input;
  const startedMs = Date.now();
  const here = placeOfRestore(databases, input);
  refuseWhileAlive(databases, epoch);
  await claimEpoch(epoch, [here]);
  const name = `${here.id}-restored-${epoch}`;
  await asSuccessor(here, { tag: TAG_RESTORED, epoch }, () => begin(here, name, input));
  const instance = await awaitAvailable(here, name, signal, heartbeat);
  const lost = snapshot && `everything written after ${snapshot.takenAt} is lost: a snapshot has no log of its own`;
  return {
    ...{ store, region, backup: snapshot?.id ?? AUTOMATED, target },
    reached: { ...(snapshot && { at: snapshot.takenAt }) },
    restoreMs: Date.now() - startedMs,
    notes: [
      ...(lost ? [lost] : []),
      `${name} (${instance.Endpoint?.Address ?? 'no address yet'}) is outside of every stack: import it into the data stack of ${region}, or copy its rows into the one there`,
      `the writer name of ${store} leads where it led before: point it at the new instance`,
    ],
  };
}

/** The instance beside which a store is restored; `Platform.Refused` where there is none, or RDS cannot reach the target. */
export function placeOfRestore(
  databases: DatabaseSession[],
  { region, store, target }: Pick<AwsRestoreInput, 'region' | 'store' | 'target'>,
): DatabaseSession {
  const here = databases.find(({ place }) => place.region === region);
  if (!here) {
    const refusal = `region: ${region} has no instance of ${store}, whose network and class a restored one gets; deploy it first`;
    throw new PlatformError('Platform.Refused', refusal, { region, resource: store });
  }
  if (target.kind === 'lsn') {
    const refusal = `target: RDS knows no positions of the log, received ${target.lsn}; valid: the latest, or a time`;
    throw new PlatformError('Platform.Refused', refusal, { region, resource: store });
  }
  return here;
}

/** A standby that lives holds more than a backup, and a primary that lives would go on taking writes. */
function refuseWhileAlive(databases: DatabaseSession[], epoch: number): void {
  const isFenced = ({ instance, closedGroup }: DatabaseSession) =>
    sourceOf(instance)
      ? tagOf(instance, TAG_FENCED) === String(epoch)
      : closedGroup !== undefined && fencedEpoch(instance, closedGroup) === epoch;
  const living = databases.find((one) => one.instance.DBInstanceStatus === 'available' && !isFenced(one));
  if (!living) return;
  const { region, store } = living.place;
  throw new PlatformError(
    'Platform.Refused',
    `${living.id} in ${region} is available: promote it, which loses less; to go back in time, fence it for epoch ${epoch} first`,
    { region, resource: store },
  );
}

/** Of the tags of CloudFormation and of a fence nothing is true of the restored one. */
const NOT_INHERITED = /^(aws:|meridian:(epoch|fenced|ingress-|successor|restored-))/;

async function begin(here: DatabaseSession, name: string, { target, snapshot }: AwsRestoreInput): Promise<void> {
  const { rds, call, instance, ownGroup } = here;
  const before = groupsBefore(instance);
  const groups = before.length > 0 ? before : ownGroup ? [ownGroup] : [];
  const common = {
    DBInstanceClass: instance.DBInstanceClass,
    DBSubnetGroupName: instance.DBSubnetGroup?.DBSubnetGroupName,
    MultiAZ: instance.MultiAZ,
    PubliclyAccessible: false,
    ...(groups.length > 0 && { VpcSecurityGroupIds: groups }),
    Tags: instance.TagList?.filter(({ Key = '' }) => !NOT_INHERITED.test(Key)),
  };
  const asked = snapshot
    ? call(
        rds.send(
          new RestoreDBInstanceFromDBSnapshotCommand({
            ...common,
            DBInstanceIdentifier: name,
            DBSnapshotIdentifier: snapshot.name,
          }),
        ),
      )
    : call(
        rds.send(
          new RestoreDBInstanceToPointInTimeCommand({
            ...common,
            SourceDBInstanceIdentifier: here.id,
            TargetDBInstanceIdentifier: name,
            ...(target.kind === 'time' ? { RestoreTime: new Date(target.at) } : { UseLatestRestorableTime: true }),
          }),
        ),
      );
  // asked for before, maybe by this very activity
  await (asked as Promise<unknown>).catch((error: unknown) => {
    if (!/DBInstanceAlreadyExists/.test(`${errorName(error)} ${(error as Error).message}`)) throw error;
  });
}

function awaitAvailable(
  { rds, call, place }: DatabaseSession,
  name: string,
  signal: AbortSignal,
  heartbeat: CallContext['heartbeat'],
): Promise<DBInstance> {
  const ask = async () => {
    const answer = await call(rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name })));
    const instance = answer.DBInstances?.[0];
    heartbeat(`${name}: ${instance?.DBInstanceStatus}`);
    return instance?.DBInstanceStatus === 'available' ? instance : undefined;
  };
  const { region } = place;
  const tooLate = () => new PlatformError('Platform.Unavailable', `${name} is still being restored`, { region });
  return poll(ask, { signal, timeoutMs: RESTORE_TIMEOUT_MS, tooLate });
}
