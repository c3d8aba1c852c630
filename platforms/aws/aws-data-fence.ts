import {
  type DBInstance,
  DescribeEventsCommand,
  ModifyDBInstanceCommand,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import type { FenceReceipt } from '../../contracts/validation';
import type { CallContext } from '../platform';
import { PlatformError } from '../platform-error';
import { groupsBefore, isClosed, isStopped, TAG_BEFORE, TAG_CLOSED, TAG_FENCED, tagOf } from './aws-data-fence-state';
import { sourceOf } from './aws-data-instances';
import { claimEpoch, type DatabaseSession, lookAgain, tagInstance } from './aws-data-session';
import { datapoints } from './aws-data-status';
import { poll } from './poll';

/** Closing takes seconds, a restart minutes, and CloudWatch is minutes behind. */
const PROOF_TIMEOUT_MS = 20 * 60_000;

/** Older minutes say nothing about now. */
const CONNECTIONS_WINDOW_MS = 10 * 60_000;

interface FenceWait {
  signal: AbortSignal;
  timeoutMs: number;
}

/**
 * Closes a primary; of a read replica nothing has to be closed, since its engine takes no writes. Of a primary the security
 * groups are replaced by one that lets nobody in, then it is restarted, because open sessions outlive the rules they
 * came in by, and at last CloudWatch must have seen a whole minute without a connection.
 * Each step leaves its mark on the instance, so that a repeated call goes on where an earlier one stopped. Whatever
 * cannot be seen makes it `Platform.Unavailable`: no receipt, no promotion.
 */
export async function fenceDatabase(
  session: DatabaseSession,
  { epoch, timeoutMs = PROOF_TIMEOUT_MS }: { epoch: number; timeoutMs?: number | undefined },
  { signal, heartbeat }: CallContext,
): Promise<FenceReceipt> {
  const wait = { signal, timeoutMs };
  await claimEpoch(epoch, [session]);
  const source = sourceOf(session.instance);
  if (source) {
    await tagInstance(session, { [TAG_FENCED]: String(epoch) });
    return receipt(session, epoch, 'takes-no-writes', `RDS instance ${session.id} is a read replica of ${source}`);
  }
  if (isStopped(session.instance)) {
    await tagInstance(session, { [TAG_FENCED]: String(epoch) });
    return receipt(session, epoch, 'stopped-cleanly', `RDS instance ${session.id} is stopped`);
  }
  heartbeat(`${session.id}: closing its ingress`);
  const closedAtMs = await closeIngress(session, wait);
  heartbeat(`${session.id}: cutting open sessions by a restart`);
  const restartedAtMs = await restartedSince(session, closedAtMs, wait);
  heartbeat(`${session.id}: waiting for a minute without connections`);
  const minute = await quietMinute(session, restartedAtMs, wait);
  await tagInstance(session, { [TAG_FENCED]: String(epoch) });
  const words = `no ingress since ${iso(closedAtMs)}, restarted ${iso(restartedAtMs)}, no connection in the minute from ${iso(minute)}`;
  return receipt(session, epoch, 'ingress-closed-and-zero-connections', `RDS instance ${session.id}: ${words}`);
}

async function closeIngress(session: DatabaseSession, wait: FenceWait): Promise<number> {
  const { closedGroup, call, rds, id, instance } = session;
  if (!closedGroup) throw unproven(session, 'its data stack has no closed security group; deploy it again');
  const known = Date.parse(tagOf(instance, TAG_CLOSED) ?? '');
  if (isClosed(instance, closedGroup) && !Number.isNaN(known)) return known;
  if (!isClosed(instance, closedGroup)) {
    await keepGroups(session, closedGroup);
    const change = { DBInstanceIdentifier: id, VpcSecurityGroupIds: [closedGroup], ApplyImmediately: true };
    await call(rds.send(new ModifyDBInstanceCommand(change)));
    await until(session, wait, 'its security groups did not change', (now) => isClosed(now, closedGroup) || undefined);
  }
  const closedAt = new Date();
  await tagInstance(session, { [TAG_CLOSED]: closedAt.toISOString() });
  return closedAt.getTime();
}

/** Written before they are replaced; a repeated call finds them half replaced, and keeps what the first one wrote. */
async function keepGroups(session: DatabaseSession, closedGroup: string): Promise<void> {
  const { VpcSecurityGroups = [] } = session.instance;
  if (groupsBefore(session.instance).length > 0) return;
  const ids = VpcSecurityGroups.flatMap(({ VpcSecurityGroupId: id }) => (id && id !== closedGroup ? [id] : []));
  if (ids.length > 0) await tagInstance(session, { [TAG_BEFORE]: ids.join(' ') });
}

/** When it restarted after its ingress was closed; restarts it when it did not. */
async function restartedSince(session: DatabaseSession, closedAtMs: number, wait: FenceWait): Promise<number> {
  const known = await restartSince(session, closedAtMs);
  if (known !== undefined) return known;
  const { call, rds, id } = session;
  const isFree = ({ DBInstanceStatus }: DBInstance) => DBInstanceStatus === 'available' || undefined;
  await until(session, wait, 'it did not become available for a restart', isFree);
  await call(rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: id })));
  return poll(() => restartSince(session, closedAtMs), {
    ...wait,
    tooLate: () => unproven(session, 'RDS told of no restart'),
  });
}

async function restartSince({ call, rds, id }: DatabaseSession, sinceMs: number): Promise<number | undefined> {
  const about = { SourceIdentifier: id, SourceType: 'db-instance', EventCategories: ['availability'] } as const;
  const { Events = [] } = await call(
    rds.send(new DescribeEventsCommand({ ...about, EventCategories: ['availability'], StartTime: new Date(sinceMs) })),
  );
  const restarts = Events.filter(({ Message = '' }) => /restarted/i.test(Message));
  return restarts.map(({ Date: at }) => at?.getTime() ?? 0).find((at) => at >= sinceMs);
}

/** The beginning of the newest minute that CloudWatch knows, once it lies after a time and nobody was connected in it. */
async function quietMinute(session: DatabaseSession, afterMs: number, wait: FenceWait): Promise<number> {
  return poll(
    async () => {
      const sinceMs = Math.max(afterMs, Date.now() - CONNECTIONS_WINDOW_MS);
      const dimensions = { DBInstanceIdentifier: session.id };
      const question = { namespace: 'AWS/RDS', metric: 'DatabaseConnections', dimensions, sinceMs };
      const newest = (await datapoints(session.clients, session.place, question)).at(-1);
      return newest && newest.at >= afterMs && newest.maximum === 0 ? newest.at : undefined;
    },
    { ...wait, tooLate: () => unproven(session, 'CloudWatch shows no minute without connections') },
  );
}

async function until(
  session: DatabaseSession,
  wait: FenceWait,
  otherwise: string,
  holds: (now: DBInstance) => true | undefined,
): Promise<void> {
  await poll(async () => holds(await lookAgain(session)), { ...wait, tooLate: () => unproven(session, otherwise) });
}

function unproven({ place, id }: DatabaseSession, why: string): PlatformError {
  return new PlatformError(
    'Platform.Unavailable',
    `it cannot be proven that ${place.store} in ${place.region} (${id}) takes no more writes: ${why}; nothing may be promoted`,
    { retryable: false, region: place.region, resource: place.store },
  );
}

function receipt({ place }: DatabaseSession, epoch: number, kind: FenceReceipt['kind'], detail: string): FenceReceipt {
  return { kind, region: place.region, epoch, at: new Date().toISOString(), detail };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
