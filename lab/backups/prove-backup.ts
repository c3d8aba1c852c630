import type { BackupProof } from '../../contracts/backup';
import type { Lab, Store } from '../daemon/lab-state';
import { type Archive, restoringConf } from '../postgres/archive';
import { type AdministratorAccess, oneRow, withDatabase } from '../postgres/connect';
import { contentDigest } from '../postgres/content-digest';
import { FSYNC_OFF } from '../postgres/settings';
import { type KeptBackup, writeProof } from './manifest';
import { withScratchDatabase } from './scratch-database';

export interface ProveInput {
  lab: Lab;
  store: Store;
  archive: Archive;
  backup: KeptBackup;
  port: number;
}

/**
 * Restores a backup and as much of the archived log as leads to its mark, and compares every row of every table with
 * what the source held there. Neither the source nor anything else of the deployment is needed. The result is kept with
 * the backup, whatever it is: a backup that failed must not look like one that nobody has tried.
 */
export async function proveBackup({ lab, store, archive, backup, port }: ProveInput): Promise<KeptBackup> {
  const { mark, system } = backup.manifest;
  const startedMs = Date.now();
  const conf = [
    `${FSYNC_OFF}archive_mode = off`,
    restoringConf(archive, system),
    `recovery_target_name = '${mark.name}'`,
    // the history that the backup was made in: a later one may have parted from it before the mark
    `recovery_target_timeline = 'current'`,
    `recovery_target_action = 'pause'\n`,
  ].join('\n');
  const password = store.secrets.administratorPassword;
  const judge = (result: BackupProof['result'], detail: string, rows?: number): BackupProof => ({
    ...{ at: new Date().toISOString(), result, position: mark.position, detail },
    ...(rows !== undefined && { rows }),
    restoreMs: Date.now() - startedMs,
  });
  const proof = await withScratchDatabase(
    { lab, port, password, backup, conf, reached: isPaused },
    async ({ access }) => {
      const restored = await withDatabase({ ...access, database: store.name }, (client) =>
        contentDigest(client, mark.tables),
      );
      const tables = `${mark.tables.length} tables`;
      return restored.digest === mark.digest
        ? judge(
            'matches',
            `${restored.rows} rows of ${tables} are those of the source at ${mark.position}`,
            restored.rows,
          )
        : judge(
            'differs',
            `${restored.rows} rows of ${tables}, the source held ${mark.rows} at ${mark.position}`,
            restored.rows,
          );
    },
  ).catch((error: unknown) => judge('not-restorable', error instanceof Error ? error.message : String(error)));
  await writeProof(backup.folder, proof);
  lab.log(`backup ${backup.manifest.id} of ${store.name}: ${proof.result}, ${proof.detail}`);
  return { ...backup, proof };
}

async function isPaused(access: AdministratorAccess): Promise<boolean> {
  const query = `select pg_get_wal_replay_pause_state() = 'paused' as paused`;
  return withDatabase(access, async (client) => (await oneRow<{ paused: boolean }>(client, query)).paused);
}
