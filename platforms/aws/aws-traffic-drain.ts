import {
  ChangeTagsForResourceCommand,
  type HealthCheck,
  ListTagsForResourceCommand,
  UpdateHealthCheckCommand,
} from '@aws-sdk/client-route-53';
import { PlatformError } from '../platform-error';
import { callsTo } from './aws-call';
import { isDrained, readHealthCheck } from './aws-traffic-health';
import type { PublicRecord } from './aws-traffic-records';
import { type AwsClients, GLOBAL_REGION } from './clients';
import { epochOf, refuseStaleEpoch, TAG_EPOCH } from './epoch-tag';

/** A record together with its health check as it was when the epoch was accepted. */
export interface ClaimedRecord extends PublicRecord {
  check: HealthCheck;
}

/** Accepts an epoch for the traffic of a hostname, before anything is changed; `Platform.StaleEpoch` for an old one. */
export async function claimTraffic(
  clients: AwsClients,
  hostname: string,
  records: PublicRecord[],
  epoch: number,
): Promise<ClaimedRecord[]> {
  const claimed = await Promise.all(records.map((record) => withCheck(clients, hostname, record)));
  const epochs = await Promise.all(claimed.map((record) => checkEpoch(clients, record)));
  refuseStaleEpoch(epoch, epochs, `the traffic of ${hostname}`);
  const behind = claimed.filter((_, index) => epochs[index] !== epoch);
  for (const record of behind) await tagEpoch(clients, record, epoch);
  return claimed;
}

/**
 * Sets which regions answer nobody, by their health checks: disabled and inverted counts as unhealthy. It works for
 * every routing policy, forgets nothing that it would have to restore, and leaves the records to CloudFormation. The
 * version of a check makes the change a compare-and-set.
 */
export async function setDrained(clients: AwsClients, claimed: ClaimedRecord[], drained: string[]): Promise<void> {
  const isDue = ({ region, check }: ClaimedRecord) => isDrained(check) !== drained.includes(region);
  // First those that return: at no moment is there nobody.
  const returnsFirst = (a: ClaimedRecord, b: ClaimedRecord) =>
    Number(drained.includes(a.region)) - Number(drained.includes(b.region));
  const due = claimed.filter(isDue).sort(returnsFirst);
  for (const record of due) await setSwitch(clients, record, drained.includes(record.region));
}

/** `Platform.Refused` when every region of a hostname would be drained. */
export function refuseToLeaveNobody(hostname: string, records: PublicRecord[], drained: string[]): void {
  if (records.some(({ region }) => !drained.includes(region))) return;
  throw new PlatformError(
    'Platform.Refused',
    records.length === 0
      ? `hostname: ${hostname} is not published; publish it before draining`
      : `regions: draining ${drained.join(', ')} would leave nobody to answer for ${hostname}; keep at least one of its regions`,
  );
}

async function withCheck(clients: AwsClients, hostname: string, record: PublicRecord): Promise<ClaimedRecord> {
  const { account, region, healthCheckId } = record;
  if (healthCheckId) return { ...record, check: await readHealthCheck(clients, account, healthCheckId) };
  throw new PlatformError(
    'Platform.Refused',
    `the record of ${hostname} to ${region} has no health check: Meridian did not make it, and does not change it`,
    { resource: hostname },
  );
}

async function checkEpoch(clients: AwsClients, { account, check }: ClaimedRecord): Promise<number> {
  const call = callsTo(clients, { account, region: GLOBAL_REGION });
  const { ResourceTagSet } = await call(
    clients
      .route53(account)
      .send(new ListTagsForResourceCommand({ ResourceType: 'healthcheck', ResourceId: check.Id })),
  );
  return epochOf(ResourceTagSet?.Tags);
}

async function tagEpoch(clients: AwsClients, { account, check }: ClaimedRecord, epoch: number): Promise<void> {
  const call = callsTo(clients, { account, region: GLOBAL_REGION });
  const AddTags = [{ Key: TAG_EPOCH, Value: String(epoch) }];
  await call(
    clients
      .route53(account)
      .send(new ChangeTagsForResourceCommand({ ResourceType: 'healthcheck', ResourceId: check.Id, AddTags })),
  );
}

async function setSwitch(clients: AwsClients, { account, check }: ClaimedRecord, off: boolean): Promise<void> {
  const call = callsTo(clients, { account, region: GLOBAL_REGION });
  await call(
    clients.route53(account).send(
      new UpdateHealthCheckCommand({
        HealthCheckId: check.Id,
        HealthCheckVersion: check.HealthCheckVersion,
        Disabled: off,
        Inverted: off,
      }),
    ),
  );
}
