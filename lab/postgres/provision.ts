import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Archive, openArchive } from './archive';
import type { DatabaseOwner, PostgresBinaries } from './binaries';
import { systemIdentifier } from './control-file';
import { makeDataFolder, writeOwned } from './owned-files';
import { makeReplicatorCertificate } from './replicator-certificate';
import { runAs } from './run-as';
import { ADMINISTRATOR, FSYNC_OFF, PG_HBA_CONF, POSTGRESQL_CONF } from './settings';

export interface ProvisionInput {
  binaries: PostgresBinaries;
  owner: DatabaseOwner | undefined;
  /** becomes the data directory; its parent exists */
  dataFolder: string;
  administratorPassword: string;
  certificate: { key: string; cert: string };
  /** absent: its log is not archived */
  archive?: Archive;
}

/** Small segments: less to copy into a standby, and a lab writes little. */
export const WAL_SEGMENT_MB = 4;

/** Makes an empty database cluster (initdb) with the lab's settings, certificate and password rules. */
export async function provision(input: ProvisionInput): Promise<void> {
  const { binaries, owner, dataFolder, administratorPassword } = input;
  await makeDataFolder(dataFolder, owner);
  const passwordFile = join(dataFolder, '..', `${Date.now()}.password`);
  await writeOwned(passwordFile, administratorPassword, owner);
  try {
    const args = ['-D', dataFolder, '-U', ADMINISTRATOR, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256'];
    const shape = ['-E', 'UTF8', '--locale=C', `--wal-segsize=${WAL_SEGMENT_MB}`, '--data-checksums'];
    await runAs(owner, binaries.initdb, [...args, ...shape, '--no-sync', '--no-instructions'], dataFolder);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await appendFile(join(dataFolder, 'postgresql.conf'), POSTGRESQL_CONF);
  const { archive } = input;
  const archiving = archive ? await openArchive(archive, await systemIdentifier(dataFolder), owner) : '';
  await writeOwned(join(dataFolder, 'postgresql.auto.conf'), `${FSYNC_OFF}${archiving}`, owner);
  await writeOwned(join(dataFolder, 'pg_hba.conf'), PG_HBA_CONF, owner);
  await writeOwned(join(dataFolder, 'server.crt'), input.certificate.cert, owner);
  await writeOwned(join(dataFolder, 'server.key'), input.certificate.key, owner);
  await makeReplicatorCertificate(dataFolder, owner);
}
