import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessTo } from '../daemon/databases';
import { type Database, type Deployment, databaseOf, type Lab, type Store, siteOf } from '../daemon/lab-state';
import { LabError } from '../lab-error';
import { type Archive, openArchive, walFolder } from '../postgres/archive';
import { baseCopy, digestTree } from '../postgres/base-copy';
import { type AdministratorAccess, oneRow, withDatabase } from '../postgres/connect';
import { systemIdentifier } from '../postgres/control-file';
import { markContent } from './content-mark';
import { baseFolder, dataOf, type KeptBackup, type Manifest, writeManifest } from './manifest';
import { archiveOf } from './store-archive';

const ARCHIVED_WITHIN_MS = 30_000;
const POLL_MS = 50;

/**
 * Copies the primary of a store into the object storage of another region, with the log that the copy needs and a mark
 * of what it must hold. Until the manifest is there, which is last, it is no backup: one that was interrupted is never
 * listed, and is removed with the next.
 */
export async function takeBackup(lab: Lab, deployment: Deployment, store: Store, id: string): Promise<KeptBackup> {
  const primary = livingPrimary(deployment, store);
  const archive = archiveOf(lab, siteOf(deployment, primary.region), store.name);
  const source = { ...accessTo(lab, store, primary), dataFolder: primary.dataFolder };
  const system = await systemIdentifier(primary.dataFolder);
  const base = baseFolder(archive, archive.keptIn, system);
  const [unfinished, folder] = [join(base, `${id}.unfinished`), join(base, id)];
  await openArchive(archive, system, lab.postgres.owner);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dataOf(unfinished), { recursive: true, mode: 0o755 });
  const { labelFile, from, until, timeline } = await baseCopy({
    source,
    to: dataOf(unfinished),
    owner: undefined,
    label: `backup ${id}`,
  });
  const mark = await markContent({ ...source, database: store.name }, id);
  await awaitArchived(source, archive, system);
  const manifest: Manifest = {
    ...{ id, store: store.name, system, from: primary.region, keptIn: archive.keptIn },
    ...{ takenAt: new Date().toISOString(), timeline, start: from, end: until, mark, labelFile },
    ...(await digestTree(dataOf(unfinished))),
  };
  await writeManifest(unfinished, manifest);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return { folder, manifest };
}

function livingPrimary(deployment: Deployment, store: Store): Database {
  if (store.primary) return databaseOf(deployment, store.primary, store.name);
  throw new LabError('Platform.Refused', `store: ${store.name} has no primary: there is nothing to copy`, {
    resource: store.name,
  });
}

/** Closes the present segment and waits until it is archived: what a backup needs must not depend on its source. */
async function awaitArchived(access: AdministratorAccess, archive: Archive, system: string): Promise<void> {
  await withDatabase(access, async (client) => {
    const { name } = await oneRow<{ name: string }>(client, 'select pg_walfile_name(pg_switch_wal()) as name');
    const path = join(walFolder(archive, system), `${name}.gz`);
    for (const deadline = Date.now() + ARCHIVED_WITHIN_MS; !(await exists(path)); await sleep(POLL_MS)) {
      if (Date.now() < deadline) continue;
      const failed = `select coalesce(last_failed_wal, 'none') as failed from pg_stat_archiver`;
      const { failed: lastFailed } = await oneRow<{ failed: string }>(client, failed);
      throw new LabError(
        'Platform.Unavailable',
        `${archive.keptIn} has not taken segment ${name} of the log within ${ARCHIVED_WITHIN_MS} ms; last one that failed: ${lastFailed}`,
        { region: archive.keptIn },
      );
    }
  });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
