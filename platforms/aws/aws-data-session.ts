import {
  AddTagsToResourceCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  type RDSClient,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-rds';
import type { StoreRef } from '../platform';
import { PlatformError } from '../platform-error';
import { callsTo } from './aws-call';
import { CLOSED_GROUP_OUTPUT } from './aws-data-fence-state';
import { instancesOf } from './aws-data-instances';
import type { AwsClients } from './clients';
import { deployedStack } from './deployed-stack';
import { epochOf, refuseStaleEpoch, TAG_EPOCH } from './epoch-tag';

/** Logical id of the security group of all databases of a data stack. */
const OWN_GROUP = 'DatabaseSecurityGroup';

export type StorePlace = StoreRef & { region: string };

/** The RDS instance of a store in a region, and how to ask about it and act on it. */
export interface DatabaseSession {
  place: StorePlace;
  clients: AwsClients;
  rds: RDSClient;
  id: string;
  /** as it was when the session was opened */
  instance: DBInstance;
  /** the security group that lets nobody in; undefined where the data stack was made without one */
  closedGroup: string | undefined;
  /** the security group that the data stack gives its databases */
  ownGroup: string | undefined;
  call<R>(answer: Promise<R>): Promise<R>;
}

/** `Platform.Refused` when the region has no database of that store. */
export async function openDatabase(clients: AwsClients, place: StorePlace): Promise<DatabaseSession> {
  const session = await findDatabase(clients, place);
  if (session) return session;
  const { region, store } = place;
  throw new PlatformError('Platform.Refused', `store: ${region} has no database of ${store}; deploy it first`, {
    region,
    resource: store,
  });
}

export async function findDatabase(clients: AwsClients, place: StorePlace): Promise<DatabaseSession | undefined> {
  const stack = await deployedStack(clients, place, place.region, 'data');
  const found = (stack ? await instancesOf(clients, place, place.region, stack) : []).find(
    ({ store }) => store === place.store,
  );
  if (!found) return undefined;
  return {
    place,
    clients,
    rds: clients.rds(place),
    id: found.instance.DBInstanceIdentifier ?? '',
    instance: found.instance,
    closedGroup: stack?.outputs[CLOSED_GROUP_OUTPUT],
    ownGroup: stack?.resources.find(({ logicalId }) => logicalId === OWN_GROUP)?.physicalId,
    call: callsTo(clients, place),
  };
}

/** The instance as it is now. */
export async function lookAgain({ call, rds, id, place }: DatabaseSession): Promise<DBInstance> {
  const { DBInstances = [] } = await call(rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id })));
  const [instance] = DBInstances;
  if (instance) return instance;
  throw new PlatformError('Platform.Unavailable', `RDS describes no instance ${id}`, { region: place.region });
}

export async function tagInstance({ call, rds, instance }: DatabaseSession, tags: Record<string, string>) {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await call(rds.send(new AddTagsToResourceCommand({ ResourceName: instance.DBInstanceArn, Tags })));
}

/** Tags that are not there are no failure. */
export async function untagInstance({ call, rds, instance }: DatabaseSession, keys: string[]): Promise<void> {
  const { DBInstanceArn: ResourceName } = instance;
  await call(rds.send(new RemoveTagsFromResourceCommand({ ResourceName, TagKeys: keys })));
}

/** Accepts an epoch for the first database; `Platform.StaleEpoch` when a newer one acted on any of those given. */
export async function claimEpoch(epoch: number, [session, ...others]: [DatabaseSession, ...DatabaseSession[]]) {
  const seen = [session, ...others].map(({ instance }) => epochOf(instance.TagList));
  refuseStaleEpoch(epoch, seen, `the databases of ${session.place.store}`);
  if (seen[0] !== epoch) await tagInstance(session, { [TAG_EPOCH]: String(epoch) });
}
