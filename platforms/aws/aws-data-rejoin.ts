import { type DBInstance, ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import type { CallContext } from '../platform';
import { PlatformError } from '../platform-error';
import { groupsBefore, isClosed, isStopped, TAG_BEFORE, TAG_CLOSED, TAG_FENCED } from './aws-data-fence-state';
import { sourceOf } from './aws-data-instances';
import { claimEpoch, type DatabaseSession, lookAgain, untagInstance } from './aws-data-session';
import { whyReplaced } from './aws-data-successor';
import { poll } from './poll';

/** Groups change in seconds; a restart that a fence began has to end first. */
const REOPEN_TIMEOUT_MS = 20 * 60_000;

export interface AwsRejoin {
  epoch: number;
  /** the primary that nobody replaced is to take writes again */
  asPrimary: boolean;
}

/**
 * Ends a fence where RDS can: a read replica of a primary that is open follows on, and a primary that nobody replaced
 * gets the security groups back that it had. A primary that was replaced can never follow another one: the refusal
 * says how its region returns.
 * @param databases all of the store, in any region
 */
export async function rejoinDatabase(
  here: DatabaseSession,
  databases: readonly DatabaseSession[],
  { epoch, asPrimary }: AwsRejoin,
  { signal }: CallContext,
): Promise<DBInstance> {
  await claimEpoch(epoch, [here]);
  if (sourceOf(here.instance)) {
    refuseClosedSource(here, databases);
    await untagInstance(here, [TAG_FENCED]);
    return lookAgain(here);
  }
  if (!asPrimary) throw refused(here, `${here.id} was a primary and cannot follow another one`);
  const replaced = whyReplaced(here, databases, epoch);
  if (replaced) throw refused(here, `${here.id} must not take writes again: ${replaced}`);
  return reopen(here, signal);
}

/** A replica whose source was fenced, or is gone, gets nothing any more. */
function refuseClosedSource(here: DatabaseSession, databases: readonly DatabaseSession[]): void {
  const source = sourceOf(here.instance);
  const followed = databases.find(({ id, instance }) => source === instance.DBInstanceArn || source === id);
  const isOpen = followed && !(followed.closedGroup && isClosed(followed.instance, followed.closedGroup));
  if (!isOpen) throw refused(here, `${here.id} replicates from ${source}, which ${followed ? 'is fenced' : 'is gone'}`);
}

async function reopen(session: DatabaseSession, signal: AbortSignal): Promise<DBInstance> {
  const { call, rds, id, closedGroup, ownGroup, instance } = session;
  const before = groupsBefore(instance);
  const isShut = before.length > 0 || (closedGroup !== undefined && isClosed(instance, closedGroup));
  // first of all: what is open must never look as if it were fenced
  await untagInstance(session, [TAG_FENCED, TAG_CLOSED]);
  if (!isShut) return lookAgain(session);
  const groups = before.length > 0 ? before : ownGroup ? [ownGroup] : [];
  if (groups.length === 0) throw unknownGroups(session);
  const wait = (holds: (now: DBInstance) => boolean, why: string) =>
    poll(
      async () => {
        const now = await lookAgain(session);
        return holds(now) ? now : undefined;
      },
      { signal, timeoutMs: REOPEN_TIMEOUT_MS, tooLate: () => stillClosed(session, why) },
    );
  await wait((now) => isStopped(now) || now.DBInstanceStatus === 'available', 'it did not become available');
  await call(
    rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, VpcSecurityGroupIds: groups, ApplyImmediately: true }),
    ),
  );
  const reopened = await wait((now) => hasGroups(now, groups), 'its security groups did not change');
  await untagInstance(session, [TAG_BEFORE]);
  return reopened;
}

function hasGroups({ VpcSecurityGroups = [] }: DBInstance, groups: string[]): boolean {
  const active = VpcSecurityGroups.filter(({ Status }) => Status === 'active').map((one) => one.VpcSecurityGroupId);
  return VpcSecurityGroups.length === groups.length && groups.every((group) => active.includes(group));
}

function refused({ place }: DatabaseSession, why: string): PlatformError {
  const { region, store } = place;
  return new PlatformError(
    'Platform.Refused',
    `${why}; where another region takes the writes, deploy the request without ${region}, which leaves a snapshot of its data, and then with ${region} again: it returns as a fresh replica`,
    { region, resource: store },
  );
}

function unknownGroups({ place, id }: DatabaseSession): PlatformError {
  return new PlatformError(
    'Platform.Refused',
    `the security groups that ${id} in ${place.region} had before its fence are not known: give it those of its data stack by hand`,
    { region: place.region, resource: place.store },
  );
}

function stillClosed({ place, id }: DatabaseSession, why: string): PlatformError {
  return new PlatformError('Platform.Unavailable', `${id} in ${place.region} is still closed: ${why}`, {
    region: place.region,
    resource: place.store,
  });
}
