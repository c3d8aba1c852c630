import type { DBInstance } from '@aws-sdk/client-rds';

/** When the ingress of an instance was closed, ISO; restarts after that have cut every session. */
export const TAG_CLOSED = 'meridian:ingress-closed';
/** The epoch for which it was proven that nobody is connected. */
export const TAG_FENCED = 'meridian:fenced';
/** The security groups that were in force before the ingress was closed, ids with spaces between. */
export const TAG_BEFORE = 'meridian:ingress-before';
/**
 * The epoch in which RDS was asked to make a primary of the instance. Set before it is asked, since an answer may be
 * lost: as long as it is there, no other database of the store may take writes again.
 */
export const TAG_SUCCESSOR = 'meridian:successor';
/**
 * The epoch in which RDS was asked for a new primary beside the instance. Set like the one before; as long as it is there
 * the instance itself may not take writes again either.
 */
export const TAG_RESTORED = 'meridian:restored-beside';
/** Output of the data stack: a security group that lets nobody in. */
export const CLOSED_GROUP_OUTPUT = 'ClosedSecurityGroup';

/** True when no security group but the closed one is in force. */
export function isClosed({ VpcSecurityGroups = [] }: DBInstance, closedGroup: string): boolean {
  return (
    VpcSecurityGroups.length === 1 &&
    VpcSecurityGroups[0]?.VpcSecurityGroupId === closedGroup &&
    VpcSecurityGroups[0].Status === 'active'
  );
}

/** The epoch for which the instance is fenced; undefined while it may be written to. */
export function fencedEpoch(instance: DBInstance, closedGroup: string): number | undefined {
  const epoch = tagOf(instance, TAG_FENCED);
  if (epoch === undefined) return undefined;
  return isStopped(instance) || isClosed(instance, closedGroup) ? Number(epoch) : undefined;
}

/** The security groups to return to when the fence is over; empty when nobody closed the instance. */
export function groupsBefore(instance: DBInstance): string[] {
  return tagOf(instance, TAG_BEFORE)?.split(' ') ?? [];
}

export function isStopped({ DBInstanceStatus }: DBInstance): boolean {
  return DBInstanceStatus === 'stopped';
}

export function tagOf({ TagList }: DBInstance, key: string): string | undefined {
  return TagList?.find(({ Key }) => Key === key)?.Value;
}
