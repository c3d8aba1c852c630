import { ChangeResourceRecordSetsCommand, waitUntilResourceRecordSetsChanged } from '@aws-sdk/client-route-53';
import { privateZone, writerHost } from '../../contracts/template-words';
import type { DeploymentScope } from '../platform';
import { PlatformError } from '../platform-error';
import { callsTo } from './aws-call';
import { instancesOf, type StoreInstance, sourceOf } from './aws-data-instances';
import { zonesNamed } from './aws-traffic-records';
import { type AwsClients, GLOBAL_REGION } from './clients';

/** As in the template: an application that reconnects finds the new primary after so many seconds. */
const WRITER_TTL_SECONDS = 10;
const IN_SYNC_SECONDS = 120;

/**
 * Points the writer name of every store to its database in a region, in the private zone of every region: the zones
 * belong to no region, so that one that is lost does not stand in the way. Refuses while a database there is no
 * primary. Returns when Route 53 says that all its servers answer so. Nothing to do without data stores.
 */
export async function moveWriters(clients: AwsClients, scope: DeploymentScope, to: string): Promise<void> {
  const primaries = await instancesOf(clients, scope, to);
  for (const primary of primaries) refuseUnlessPrimary(primary, to);
  if (primaries.length === 0) return;
  const zones = await zonesNamed(clients, scope.account, `${privateZone(scope)}.`, 'private');
  await Promise.all(zones.map((zone) => pointWriters(clients, scope, zone, primaries)));
}

function refuseUnlessPrimary({ store, instance }: StoreInstance, to: string): void {
  if (sourceOf(instance) === undefined && instance.DBInstanceStatus === 'available' && instance.Endpoint?.Address)
    return;
  const state = sourceOf(instance) ? 'a standby' : `${instance.DBInstanceStatus}`;
  throw new PlatformError('Platform.Refused', `to: ${store} in ${to} is ${state}; promote ${to} first`, {
    region: to,
    resource: store,
  });
}

async function pointWriters(
  clients: AwsClients,
  scope: DeploymentScope,
  zone: string,
  primaries: StoreInstance[],
): Promise<void> {
  const client = clients.route53(scope.account);
  const call = callsTo(clients, { account: scope.account, region: GLOBAL_REGION });
  const Changes = primaries.map(({ store, instance }) => ({
    Action: 'UPSERT' as const,
    ResourceRecordSet: {
      Name: `${writerHost(scope, store)}.`,
      Type: 'CNAME' as const,
      TTL: WRITER_TTL_SECONDS,
      ResourceRecords: [{ Value: instance.Endpoint?.Address ?? '' }],
    },
  }));
  const { ChangeInfo } = await call(
    client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } })),
  );
  if (!ChangeInfo?.Id || ChangeInfo.Status === 'INSYNC') return;
  await call(
    waitUntilResourceRecordSetsChanged(
      { client, maxWaitTime: IN_SYNC_SECONDS, minDelay: 1, maxDelay: 5 },
      { Id: ChangeInfo.Id },
    ),
  );
}
