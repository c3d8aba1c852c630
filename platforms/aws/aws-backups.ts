import { type DBSnapshot, DeleteDBSnapshotCommand } from '@aws-sdk/client-rds';
import type { ArchiveState, Backup, RecoveryTarget } from '../../contracts/backup';
import { retention } from '../../lab/backups/retention';
import { backupRegion } from '../../policies/backup-region';
import { chooseBackup } from '../../policies/choose-backup';
import type { BackupPort } from '../backup-port';
import type { StoreRef } from '../platform';
import { PlatformError } from '../platform-error';
import { AUTOMATED, placeOfRestore, restoreInstance } from './aws-backup-restore';
import {
  copySnapshot,
  placesOf,
  snapshotsOf,
  TAG_BACKUP,
  TAG_BACKUP_FROM,
  tagOfSnapshot,
} from './aws-backup-snapshots';
import { callsTo } from './aws-call';
import { sourceOf } from './aws-data-instances';
import type { DatabaseSession } from './aws-data-session';
import type { AwsClients } from './clients';

/**
 * Backups on RDS: snapshots that are copied into another region, beside the automated backups that the instance keeps in
 * its own. Rows cannot be read from here, so that no backup is ever called proven.
 */
export function awsBackups(clients: AwsClients): BackupPort {
  const kept = async (store: StoreRef) => {
    const { databases, regions } = await placesOf(clients, store);
    const places = new Set([...regions, ...regions.map((region) => backupRegion(region, regions))]);
    const found = await snapshotsOf(clients, store, [...places]);
    return { databases, snapshots: found.filter(({ snapshot }) => snapshot.Status === 'available') };
  };
  /** The region's own primary can go back in its log; elsewhere there are the snapshots that are kept there. */
  const choice = async ({ backup, ...input }: Parameters<BackupPort['choose']>[0]) => {
    const { databases, snapshots } = await kept(input);
    const own = placeOfRestore(databases, input);
    const isPrimary = !sourceOf(own.instance);
    if (backup === AUTOMATED || (isPrimary && backup === undefined))
      return { databases, backup: ownLog(own, input.target) };
    const here = snapshots.filter(({ region }) => region === input.region);
    const wish = { backup, target: input.target, nowMs: Date.now() };
    const chosen = chooseBackup(
      farAndNewestFirst(here.map(({ snapshot, region }) => asBackup(input, snapshot, region))),
      wish,
    );
    if ('refusal' in chosen) throw refusedIn(own, `${chosen.refusal}, kept in ${input.region}`);
    const found = here.find(({ snapshot }) => tagOfSnapshot(snapshot, TAG_BACKUP) === chosen.backup.id);
    return { databases, backup: chosen.backup, name: found?.snapshot.DBSnapshotIdentifier };
  };
  return {
    async take(input, context) {
      const { snapshot, region } = await copySnapshot(clients, await placesOf(clients, input), input, context);
      return asBackup(input, snapshot, region);
    },
    async list(input) {
      const { databases, snapshots } = await kept(input);
      const backups = snapshots.map(({ snapshot, region }) => asBackup(input, snapshot, region));
      const archive = automatedBackups(databases);
      return { store: input.store, backups: farAndNewestFirst(backups), ...(archive && { archive }) };
    },
    async prove({ store, id }) {
      throw new PlatformError(
        'Platform.Refused',
        `backup ${id} of ${store} stays unproven: the rows of a restored RDS instance are reachable only from the network of its region; restore it there and compare it by hand`,
        { resource: store },
      );
    },
    choose: async (input) => (await choice(input)).backup,
    async restore(input, context) {
      const { databases, backup, name } = await choice(input);
      const snapshot = name && { id: backup.id, name, takenAt: backup.takenAt };
      return restoreInstance(databases, { ...input, ...(snapshot && { snapshot }) }, context);
    },
    async prune({ keep, keepForMs, ...input }) {
      const { snapshots } = await kept(input);
      const facts = snapshots.map(({ snapshot }) => ({
        ...{ id: tagOfSnapshot(snapshot, TAG_BACKUP) ?? '', system: input.store, start: '0/0' },
        takenAt: takenAt(snapshot),
      }));
      const ids = new Map(facts.map((fact) => [fact.id, fact]));
      const { remove } = retention([...ids.values()], { keep, keepForMs, nowMs: Date.now() });
      for (const { snapshot, region } of snapshots) {
        if (!remove.includes(tagOfSnapshot(snapshot, TAG_BACKUP) ?? '')) continue;
        const place = { ...input, region };
        const gone = new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: snapshot.DBSnapshotIdentifier });
        await callsTo(clients, place)(clients.rds(place).send(gone));
      }
      return { backups: remove, segments: 0 };
    },
  };
}

function takenAt({ OriginalSnapshotCreateTime, SnapshotCreateTime }: DBSnapshot): string {
  return (OriginalSnapshotCreateTime ?? SnapshotCreateTime ?? new Date(0)).toISOString();
}

function asBackup({ store }: { store: string }, snapshot: DBSnapshot, keptIn: string): Backup {
  const from = tagOfSnapshot(snapshot, TAG_BACKUP_FROM) ?? keptIn;
  return { id: tagOfSnapshot(snapshot, TAG_BACKUP) ?? '', store, takenAt: takenAt(snapshot), from, keptIn };
}

/** A backup is there twice, where it was taken and where it was copied to: the copy that outlives the region comes first. */
function farAndNewestFirst(backups: Backup[]): Backup[] {
  const far = ({ from, keptIn }: Backup) => Number(from !== keptIn);
  return backups.sort((a, b) => b.takenAt.localeCompare(a.takenAt) || a.id.localeCompare(b.id) || far(b) - far(a));
}

/** RDS archives the log every five minutes, in the instance's own region; `LatestRestorableTime` is what it has. */
function automatedBackups(databases: DatabaseSession[]): ArchiveState | undefined {
  const primary = databases.find(({ instance }) => !sourceOf(instance));
  if (!primary?.instance.BackupRetentionPeriod) return undefined;
  const { LatestRestorableTime: latest } = primary.instance;
  return {
    keptIn: primary.place.region,
    ...(latest && { through: { at: latest.toISOString() }, lossMs: Math.max(0, Date.now() - latest.getTime()) }),
    breaks: [],
  };
}

/** The log that RDS archives of an instance by itself, as a backup. */
function ownLog(own: DatabaseSession, target: RecoveryTarget): Backup {
  const { id, place, instance } = own;
  const { region, store } = place;
  if (sourceOf(instance))
    throw refusedIn(
      own,
      `backup: ${id} is a replica and has no log of its own; name a snapshot that is kept in ${region}`,
    );
  const latest = instance.LatestRestorableTime;
  if (target.kind === 'time' && latest && Date.parse(target.at) > latest.getTime())
    throw refusedIn(own, `target: the log of ${id} is archived until ${latest.toISOString()}, received ${target.at}`);
  return { id: AUTOMATED, store, takenAt: (latest ?? new Date()).toISOString(), from: region, keptIn: region };
}

function refusedIn({ place }: DatabaseSession, why: string): PlatformError {
  return new PlatformError('Platform.Refused', why, { region: place.region, resource: place.store });
}
