import {
  CopyDBSnapshotCommand,
  CreateDBSnapshotCommand,
  type DBSnapshot,
  DescribeDBSnapshotsCommand,
  type Tag,
} from '@aws-sdk/client-rds';
import { TAG_APPLICATION, TAG_ENVIRONMENT } from '../../contracts/stack';
import { TAG_STORE } from '../../contracts/template-words';
import { backupRegion } from '../../policies/backup-region';
import type { CallContext, StoreRef } from '../platform';
import { PlatformError } from '../platform-error';
import { callsTo } from './aws-call';
import { sourceOf } from './aws-data-instances';
import { type DatabaseSession, findDatabase } from './aws-data-session';
import { errorName } from './aws-failure';
import type { AwsClients } from './clients';
import { listStacks } from './list-stacks';
import { poll } from './poll';

/** Tag of a snapshot that Meridian made: the id of the backup. */
export const TAG_BACKUP = 'meridian:backup';
/** Tag of a snapshot: the region whose database it was taken from. */
export const TAG_BACKUP_FROM = 'meridian:backup-from';

/** A snapshot is copied at some tens of megabytes a second; of a large database that takes hours. */
const SNAPSHOT_TIMEOUT_MS = 12 * 60 * 60_000;
/** The key that RDS keeps in every region; a snapshot of an encrypted database needs one of the region it is copied to. */
const RDS_KEY = 'alias/aws/rds';

/** Where a store is: the regions that have a data stack of the deployment, and the databases that live there. */
export interface StorePlaces {
  regions: string[];
  databases: DatabaseSession[];
}

export async function placesOf(clients: AwsClients, store: StoreRef): Promise<StorePlaces> {
  const stacks = await listStacks(clients, store);
  const regions = stacks.filter(({ ref }) => ref.kind === 'data').map(({ ref }) => ref.region);
  const found = await Promise.all(regions.map((region) => findDatabase(clients, { ...store, region })));
  return { regions, databases: found.filter((database) => database !== undefined) };
}

/** Takes a snapshot of the primary and copies it into another region. Each step that was done before is not done again. */
export async function copySnapshot(
  clients: AwsClients,
  { databases, regions }: StorePlaces,
  { id, ...store }: StoreRef & { id: string },
  context: CallContext,
): Promise<{ snapshot: DBSnapshot; region: string }> {
  const primary = databases.find(({ instance }) => !sourceOf(instance));
  if (!primary) throw new PlatformError('Platform.Refused', `store: ${store.store} has no primary: nothing to copy`);
  const from = primary.place.region;
  const region = backupRegion(from, regions);
  const name = snapshotName(store, id);
  const tags = tagsFor(store, id, from);
  const local = { ...store, region: from };
  await unlessThere(
    primary.call(
      primary.rds.send(
        new CreateDBSnapshotCommand({ DBSnapshotIdentifier: name, DBInstanceIdentifier: primary.id, Tags: tags }),
      ),
    ),
  );
  const taken = await awaitSnapshot(clients, local, name, context);
  if (region === from) return { snapshot: taken, region };
  const place = { ...store, region };
  const copy = new CopyDBSnapshotCommand({
    SourceDBSnapshotIdentifier: taken.DBSnapshotArn,
    TargetDBSnapshotIdentifier: name,
    Tags: tags,
    ...(taken.Encrypted && { KmsKeyId: RDS_KEY }),
  });
  await unlessThere(callsTo(clients, place)(clients.rds(place).send(copy)));
  return { snapshot: await awaitSnapshot(clients, place, name, context), region };
}

/** All snapshots of a store that Meridian made, in these regions. */
export async function snapshotsOf(
  clients: AwsClients,
  store: StoreRef,
  regions: string[],
): Promise<Array<{ snapshot: DBSnapshot; region: string }>> {
  const found = await Promise.all(
    regions.map(async (region) => {
      const place = { ...store, region };
      const all: DBSnapshot[] = [];
      for (let Marker: string | undefined, more = true; more; more = Marker !== undefined) {
        const answer = await callsTo(
          clients,
          place,
        )(clients.rds(place).send(new DescribeDBSnapshotsCommand({ SnapshotType: 'manual', Marker })));
        all.push(...(answer.DBSnapshots ?? []));
        Marker = answer.Marker;
      }
      return all.filter((snapshot) => isOf(snapshot, store)).map((snapshot) => ({ snapshot, region }));
    }),
  );
  return found.flat();
}

export function tagOfSnapshot({ TagList }: DBSnapshot, key: string): string | undefined {
  return TagList?.find(({ Key }) => Key === key)?.Value;
}

function isOf(snapshot: DBSnapshot, { application, environment, store }: StoreRef): boolean {
  return (
    tagOfSnapshot(snapshot, TAG_BACKUP) !== undefined &&
    tagOfSnapshot(snapshot, TAG_APPLICATION) === application &&
    tagOfSnapshot(snapshot, TAG_ENVIRONMENT) === environment &&
    tagOfSnapshot(snapshot, TAG_STORE) === store
  );
}

function tagsFor({ application, environment, store }: StoreRef, id: string, from: string): Tag[] {
  const tags = {
    [TAG_APPLICATION]: application,
    [TAG_ENVIRONMENT]: environment,
    [TAG_STORE]: store,
    [TAG_BACKUP]: id,
    [TAG_BACKUP_FROM]: from,
  };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Letters, digits and single dashes, as RDS wants it. */
function snapshotName({ application, environment, store }: StoreRef, id: string): string {
  return ['meridian', application, environment, store, id].join('-').replaceAll(/-+/g, '-');
}

/** Somebody who came before asked for the same, maybe this very activity. */
async function unlessThere(answer: Promise<unknown>): Promise<void> {
  await answer.catch((error: unknown) => {
    if (!/DBSnapshotAlreadyExists/.test(`${errorName(error)} ${(error as Error).message}`)) throw error;
  });
}

function awaitSnapshot(
  clients: AwsClients,
  place: StoreRef & { region: string },
  name: string,
  { signal, heartbeat }: CallContext,
): Promise<DBSnapshot> {
  const { region } = place;
  const ask = async () => {
    const answer = await callsTo(
      clients,
      place,
    )(clients.rds(place).send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name })));
    const snapshot = answer.DBSnapshots?.[0];
    heartbeat(`${name} in ${region}: ${snapshot?.Status} ${snapshot?.PercentProgress ?? 0} %`);
    if (snapshot?.Status === 'failed') {
      throw new PlatformError('Platform.Unavailable', `RDS could not make snapshot ${name} in ${region}`, { region });
    }
    return snapshot?.Status === 'available' ? snapshot : undefined;
  };
  const tooLate = () => new PlatformError('Platform.Unavailable', `snapshot ${name} is not ready yet`, { region });
  return poll(ask, { signal, timeoutMs: SNAPSHOT_TIMEOUT_MS, tooLate });
}
