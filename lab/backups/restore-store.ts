import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecoveryTarget, RestoreReport } from '../../contracts/backup';
import { accessTo, startDatabase, stopDatabase } from '../daemon/databases';
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
import { syncLinks } from '../daemon/sync-links';
import { LabError } from '../lab-error';
import { type Archive, openArchive } from '../postgres/archive';
import { type AdministratorAccess, oneRow, withDatabase } from '../postgres/connect';
import { applicationTables, contentDigest } from '../postgres/content-digest';
import { databaseState } from '../postgres/database-state';
import { FSYNC_OFF } from '../postgres/settings';
import { turnOnFsync } from '../postgres/turn-on-fsync';
import { markedProcesses } from '../processes/marked-processes';
import { DamagedBackup, layDown } from './lay-down';
import type { KeptBackup } from './manifest';

export interface RestoreInput {
  region: string;
  target: RecoveryTarget;
  epoch: number;
  backup: KeptBackup;
  archive: Archive;
  /** sentences about a log that cannot be replayed to its end */
  breaks: string[];
}

/** A log of days is replayed at some hundred megabytes a second; whoever waits sees that it goes on. */
const RECOVERED_WITHIN_MS = 30 * 60_000;
const POLL_MS = 20;

/**
 * Makes the database of a region from a backup and the archived log, and the primary of its store. What was there is
 * kept beside it, once, and is put back when the restore fails. Refuses while any database of the store lives: a standby that lives holds more than a backup.
 */
export async function restoreStore(
  lab: Lab,
  deployment: Deployment,
  store: Store,
  input: RestoreInput,
): Promise<RestoreReport> {
  const { region, target, epoch, backup, archive, breaks } = input;
  const startedMs = Date.now();
  acceptEpoch(store, epoch);
  refuseWhileAlive(deployment, store);
  const site = siteOf(deployment, region);
  const database = databaseOf(deployment, region, store.name);
  if (!site.process?.alive) throw new LabError('Platform.Unavailable', `region ${region} is down`, { region });
  const { owner } = lab.postgres;
  const conf = `${FSYNC_OFF}${await openArchive(archive, backup.manifest.system, owner)}${targetConf(target)}`;
  const before = `${database.dataFolder}.before-restore`;
  await rm(before, { recursive: true, force: true });
  await rename(database.dataFolder, before).catch(() => undefined);
  const access = accessTo(lab, store, database);
  try {
    await layDown(backup, database.dataFolder, owner, conf);
    await startDatabase(lab, site, store, database);
    await awaitPrimary(lab, store, database, access);
    await forgetTarget(access);
    await turnOnFsync(access);
  } catch (error) {
    await stopDatabase(site, database);
    await rm(database.dataFolder, { recursive: true, force: true });
    await rename(before, database.dataFolder).catch(() => undefined);
    throw error instanceof DamagedBackup ? new LabError('Platform.Refused', error.message, { region }) : error;
  }
  database.since = new Date().toISOString();
  database.fenced = undefined;
  database.rejoinedInEpoch = epoch;
  store.primary = region;
  await syncLinks(lab, deployment);
  lab.log(`restored ${store.name} in ${region} from backup ${backup.manifest.id}, epoch ${epoch}`);
  return {
    ...{ store: store.name, region, backup: backup.manifest.id, target },
    ...(await contentOf(access, store.name)),
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

function targetConf(target: RecoveryTarget): string {
  const until =
    target.kind === 'time'
      ? [`recovery_target_time = '${target.at}'`]
      : target.kind === 'lsn'
        ? [`recovery_target_lsn = '${target.lsn}'`]
        : [];
  return [...until, `recovery_target_timeline = 'latest'`, `recovery_target_action = 'promote'`, ''].join('\n');
}

/** A later start must not look for the same target again. */
function forgetTarget(access: AdministratorAccess): Promise<void> {
  return withDatabase(access, async (client) => {
    for (const name of ['time', 'lsn', 'action']) await client.query(`alter system reset recovery_target_${name}`);
  });
}

/** The recovery ends with a new timeline and a database that takes writes. */
async function awaitPrimary(lab: Lab, store: Store, database: Database, access: AdministratorAccess): Promise<void> {
  for (const deadline = Date.now() + RECOVERED_WITHIN_MS; ; await sleep(POLL_MS)) {
    const state = await databaseState(access).catch(() => undefined);
    if (state?.role === 'primary') return;
    const { region } = database;
    if (markedProcesses(database.marker).length === 0) {
      const why = `logs/${region} in ${lab.home.path} says why; a target beyond the end of the archived log ends so`;
      throw new LabError('Platform.Refused', `${store.name} in ${region} ended before it reached its target: ${why}`, {
        region,
        resource: store.name,
      });
    }
    if (Date.now() > deadline) {
      const late = `${store.name} in ${region} is still being recovered after ${RECOVERED_WITHIN_MS} ms`;
      throw new LabError('Platform.Unavailable', late, { region, resource: store.name });
    }
  }
}

async function contentOf(
  access: AdministratorAccess,
  database: string,
): Promise<Pick<RestoreReport, 'reached' | 'timeline' | 'rows' | 'digest'>> {
  const { position, timeline } = await databaseState(access);
  return withDatabase({ ...access, database }, async (client) => {
    const last = 'select pg_last_xact_replay_timestamp() as at';
    const { at } = await oneRow<{ at: Date | null }>(client, last);
    const content = await contentDigest(client, await applicationTables(client));
    return { reached: { position, ...(at && { at: at.toISOString() }) }, ...(timeline && { timeline }), ...content };
  });
}
