import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { DatabaseOwner } from './binaries';
import { writeOwned } from './owned-files';
import { REPLICATOR, REPLICATOR_FILES } from './settings';

/**
 * What a standby shows its primary: made once for each cluster, for it and its standbys, and good for no other, because
 * each database trusts this one only. It signs itself: there is one holder and one who checks.
 */
export async function makeReplicatorCertificate(dataFolder: string, owner: DatabaseOwner | undefined): Promise<void> {
  const made = await generate([{ name: 'commonName', value: REPLICATOR }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // without keyUsage: OpenSSL would want one that may sign certificates
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  await writeOwned(join(dataFolder, REPLICATOR_FILES.certificate), made.cert, owner);
  await writeOwned(join(dataFolder, REPLICATOR_FILES.key), made.private, owner);
}

/** Gives a standby what its primary has: a restored cluster has a certificate of its own. */
export async function copyReplicatorCertificate(
  from: string,
  to: string,
  owner: DatabaseOwner | undefined,
): Promise<void> {
  for (const name of Object.values(REPLICATOR_FILES))
    await writeOwned(join(to, name), await readFile(join(from, name)), owner);
}
