import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Archive, openArchive } from './archive';
import { baseCopy } from './base-copy';
import type { DatabaseOwner } from './binaries';
import type { AdministratorAccess } from './connect';
import { systemIdentifier } from './control-file';
import { makeDataFolder, writeOwned } from './owned-files';
import { copyReplicatorCertificate } from './replicator-certificate';
import { FSYNC_OFF, standbyConf, type UpstreamSettings } from './settings';

export interface CloneInput {
  primary: AdministratorAccess & { dataFolder: string };
  /** becomes the data directory of the standby; nothing is there */
  dataFolder: string;
  owner: DatabaseOwner | undefined;
  upstream: UpstreamSettings;
  /** where it archives once it is the primary, and looks for what its upstream lacks; absent: nowhere */
  archive?: Archive;
}

/** Where a copy is until it is whole. */
export function copyFolderOf(dataFolder: string): string {
  return `${dataFolder}.new`;
}

/**
 * Makes a standby's data directory from a running primary; it is there only once it is whole. The log of the meantime comes through the link once the
 * standby runs, or from the archive where the primary has it no more.
 */
export async function clone({ primary, dataFolder, owner, upstream, archive }: CloneInput): Promise<void> {
  const copy = copyFolderOf(dataFolder);
  await makeDataFolder(copy, owner);
  const { labelFile } = await baseCopy({
    source: primary,
    to: copy,
    owner,
    label: `standby in ${upstream.region}`,
  });
  const archiving = await archivingOf(copy, owner, archive);
  await mkdir(join(copy, 'pg_wal'), { recursive: true });
  await writeOwned(join(copy, 'backup_label'), labelFile, owner);
  await makeStandby(copy, primary, owner, `${FSYNC_OFF}${standbyConf(upstream)}${archiving}`);
  await rename(copy, dataFolder);
}

/**
 * Makes the data of a primary that stopped in order that of a standby. Only for data whose end is part of the present
 * primary's history (timeline-history.ts): of any other PostgreSQL may replay what it should not.
 */
export async function followAgain({
  primary,
  dataFolder,
  owner,
  upstream,
  archive,
}: Omit<CloneInput, 'primary'> & { primary: { dataFolder: string } }): Promise<void> {
  const archiving = await archivingOf(dataFolder, owner, archive);
  await makeStandby(dataFolder, primary, owner, `${standbyConf(upstream)}${archiving}`);
}

async function archivingOf(dataFolder: string, owner: DatabaseOwner | undefined, archive?: Archive): Promise<string> {
  return archive ? openArchive(archive, await systemIdentifier(dataFolder), owner) : '';
}

async function makeStandby(
  dataFolder: string,
  primary: { dataFolder: string },
  owner: DatabaseOwner | undefined,
  conf: string,
): Promise<void> {
  await copyReplicatorCertificate(primary.dataFolder, dataFolder, owner);
  await writeOwned(join(dataFolder, 'standby.signal'), '', owner);
  await writeOwned(join(dataFolder, 'postgresql.auto.conf'), conf, owner);
}
