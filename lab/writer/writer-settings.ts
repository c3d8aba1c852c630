import { join } from 'node:path';

/** What a writer does; stored beside its log, so that whoever finds it later knows what it writes to. */
export interface WriterSettings {
  id: string;
  account: string;
  application: string;
  environment: string;
  hostname: string;
  writesPerSecond: number;
  /** TLS port of the edge on loopback, and the authority that signed its certificate (PEM) */
  edge: { port: number; caCertificate: string };
}

/** Where a running writer listens for `stop`; see writer-control.ts. */
export interface WriterAddress {
  pid: number;
  controlPort: number;
}

export interface WriterFiles {
  folder: string;
  settings: string;
  /** one WriteLogEntry per line; made exclusively, so that an id is written under by one process, once */
  log: string;
  /** WriterAddress; appears when the writer runs */
  address: string;
  /** stdout and stderr */
  output: string;
}

/** The files of one writer below the folder of all writers. Any text is a valid id. */
export function writerFiles(writerDir: string, id: string): WriterFiles {
  const folder = join(writerDir, `writer-${encodeURIComponent(id)}`);
  return {
    folder,
    settings: join(folder, 'settings.json'),
    log: join(folder, 'writes.ndjson'),
    address: join(folder, 'address.json'),
    output: join(folder, 'output.log'),
  };
}
