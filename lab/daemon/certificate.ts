import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** The lab's own certificate authority and the one server certificate of load balancers, edge and databases. */
export interface LabCertificate {
  key: string;
  cert: string;
  caCertificate: string;
  /** file with `caCertificate`, for clients that want a path */
  caFile: string;
}

/** Makes both certificates below `home`. The server's is for localhost and 127.0.0.1: host names exist only at the edge. */
export async function createLabCertificate(home: string): Promise<LabCertificate> {
  const ca = await generate([{ name: 'commonName', value: 'Meridian lab authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const folder = join(home, 'certificates');
  mkdirSync(folder, { mode: 0o755 });
  const caFile = join(folder, 'ca.crt');
  writeFileSync(caFile, ca.cert, { mode: 0o644 });
  return { key: server.private, cert: server.cert, caCertificate: ca.cert, caFile };
}
