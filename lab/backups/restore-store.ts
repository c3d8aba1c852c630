import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecoveryTarget, RestoreReport } from '../../contracts/backup';
import { syncDataPlane } from '../daemon/data-plane';
import { accessTo, givePrimary, serve } from '../daemon/databases';
import { acceptEpoch } from '../daemon/epoch';
import {
  type Database,
  type Deployment,
  databaseOf,
  databasesOf,
  type Lab,
  type Store,
  siteOf,
} from '../daemon/lab-state';
import { readLease, releaseLease } from '../daemon/leases';
import { LabError } from '../lab-error';
import { type Archive, openArchive } from '../postgres/archive';
import { type AdministratorAccess, oneRow, withDatabase } from '../postgres/connect';
import { applicationTables, contentDigest } from '../postgres/content-digest';
import { databaseState } from '../postgres/database-state';
import { writeOwned } from '../postgres/owned-files';
import { FSYNC_OFF } from '../postgres/settings';
import { turnOnFsync } from '../postgres/turn-on-fsync';
import { markedProcesses } from '../processes/marked-processes';
import { DamagedBackup } from './lay-down';
import type { KeptBackup } from './manifest';
import { withScratchDatabase } from './scratch-database';

export interface RestoreInput {
  region: string;
  target: RecoveryTarget;
  epoch: number;
  backup: KeptBackup;
  archive: Archive;
  /** where it runs until it is where it is to go */
  port: number;
  /** sentences about a log that cannot be replayed to its end */
  breaks: string[];
}

/**
 * Makes the database of a region from a backup and the archived log. It is recovered beside the old data, which is kept
 * until the next restore, and takes its place when it is ready; `serveRestored` then makes it the primary. Refuses while
 * any database of the store lives: a standby that lives holds more than a backup.
 */
export async function restoreStore(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  input: RestoreInput,
): Promise<RestoreReport> {
  const { region, target, epoch, backup, breaks } = input;
  const startedMs = Date.now();
  acceptEpoch(store, epoch);
  refuseWhileAlive(deployment, store);
  const database = databaseOf(deployment, region, store.name);
  const content = await recover(lab, store, database, input).catch((error: unknown) => {
    if (error instanceof LabError) throw error;
    const why = error instanceof DamagedBackup ? error.message : `backup ${backup.manifest.id}: ${String(error)}`;
    throw new LabError('Platform.Refused', why, { region, resource: store.name });
  });
  return {
    ...{ store: store.name, region, backup: backup.manifest.id, target, ...content },
    restoreMs: Date.now() - startedMs,
    notes: breaks.map((sentence) => `${sentence}: what comes after it in the log is lost`),
  };
}

function refuseWhileAlive(deployment: Deployment, store: Store): void {
  const living = databasesOf(deployment, store.name).filter(({ marker }) => markedProcesses(marker).length > 0);
  if (living.length === 0) return;
  const where = living.map(({ region }) => region).join(', ');
  throw new LabError(
    'Platform.Refused',
    `the database of ${store.name} lives in ${where}: promote it, which loses less; to go back in time, fence it first`,
    { region: living[0]?.region, resource: store.name },
  );
}

/** It archives from its first moment on: the history of its timeline is what later restores find their way by. */
async function recover(
  lab: Lab,
  store: Store,
  database: Database,
  { backup, archive, port, target }: RestoreInput,
): Promise<Content> {
  const { owner } = lab.postgres;
  const archiving = await openArchive(archive, backup.manifest.system, owner);
  const conf = `${FSYNC_OFF}${archiving}${targetConf(target)}`;
  const password = store.secrets.administratorPassword;
  return withScratchDatabase({ lab, port, password, backup, conf, reached: isPrimary }, async (scratch) => {
    const content = await contentOf(scratch.access, store.name, backup.manifest.mark.at);
    await scratch.stop();
    await writeOwned(join(scratch.dataFolder, 'postgresql.auto.conf'), `${FSYNC_OFF}${archiving}`, owner);
    const before = `${database.dataFolder}.before-restore`;
    await rm(before, { recursive: true, force: true });
    database.isRestoring = true;
    await rename(database.dataFolder, before).catch(() => undefined);
    await rename(scratch.dataFolder, database.dataFolder);
    return content;
  });
}

/** The restored database becomes the primary of its store. Repeating it completes what was left. */
export async function serveRestored(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  { region, epoch }: { region: string; epoch: number },
): Promise<void> {
  acceptEpoch(store, epoch);
  const database = databaseOf(deployment, region, store.name);
  const site = siteOf(deployment, region);
  database.wanted = true;
  // the others hold another history: nobody may elect them or wait for them until they are made anew
  for (const other of databasesOf(deployment, store.name)) other.complete = other === database;
  await syncDataPlane(lab, deployment);
  const { holder, epoch: held } = await readLease(deployment, store);
  if (holder === region && markedProcesses(database.marker).length > 0) await serve(site, store, held);
  else {
    // no database of the store lived when this began: whoever held the lease has stopped
    if (holder) await releaseLease(deployment, store, holder);
    await givePrimary(deployment, site, store);
  }
  await turnOnFsync(accessTo(lab, store, database));
  Object.assign(database, { since: new Date().toISOString(), isRestoring: false, rejoinedInEpoch: epoch });
  lab.log(`restored ${store.name} in ${region}, epoch ${epoch}`);
}

function targetConf(target: RecoveryTarget): string {
  const until =
    target.kind === 'time'
      ? [`recovery_target_time = '${postgresTime(target.at)}'`]
      : target.kind === 'lsn'
        ? [`recovery_target_lsn = '${target.lsn}'`]
        : [];
  return [...until, `recovery_target_timeline = 'latest'`, `recovery_target_action = 'promote'`, ''].join('\n');
}

/** While it reads its settings PostgreSQL knows offsets of time zones, but no names, not even `Z`. */
function postgresTime(iso: string): string {
  return new Date(iso).toISOString().replace('T', ' ').replace('Z', '+00');
}

async function isPrimary(access: AdministratorAccess): Promise<boolean> {
  return (await databaseState(access)).role === 'primary';
}

type Content = Pick<RestoreReport, 'reached' | 'timeline' | 'rows' | 'digest'>;

/** `since` (ISO): everything up to then is in the copy and the log that it needs. */
async function contentOf(access: AdministratorAccess, database: string, since: string): Promise<Content> {
  const { position, timeline } = await databaseState(access);
  return withDatabase({ ...access, database }, async (client) => {
    const last = 'select greatest(pg_last_xact_replay_timestamp(), $1::timestamptz) as at';
    const { at } = await oneRow<{ at: Date }>(client, last, [since]);
    const content = await contentDigest(client, await applicationTables(client));
    return { reached: { position, at: at.toISOString() }, ...(timeline && { timeline }), ...content };
  });
}
