import { appendFile, chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { type Archive, openArchive } from './archive';
import type { DatabaseOwner, PostgresBinaries } from './binaries';
import { systemIdentifier } from './control-file';
import { runAs } from './run-as';
import { ADMINISTRATOR, FSYNC_OFF, PG_HBA_CONF, POSTGRESQL_CONF, REPLICATOR } from './settings';

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
  const replicator = await replicatorCertificate();
  await writeOwned(join(dataFolder, `${REPLICATOR}.crt`), replicator.cert, owner);
  await writeOwned(join(dataFolder, `${REPLICATOR}.key`), replicator.private, owner);
}

/**
 * What a standby shows its primary: made once for each cluster, in all its copies, and good for no other, because each
 * database trusts this one only. It signs itself: there is one holder and one who checks.
 */
function replicatorCertificate() {
  return generate([{ name: 'commonName', value: REPLICATOR }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // without keyUsage: OpenSSL would want one that may sign certificates
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
}

/** An empty folder that only its owner may read, as PostgreSQL demands. */
export async function makeDataFolder(path: string, owner: DatabaseOwner | undefined): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (owner) await chown(path, owner.uid, owner.gid);
}

/** A file that only the database owner may read. */
export async function writeOwned(
  path: string,
  content: string | Buffer,
  owner: DatabaseOwner | undefined,
): Promise<void> {
  await writeFile(path, content, { mode: 0o600 });
  await chmod(path, 0o600);
  if (owner) await chown(path, owner.uid, owner.gid);
}
