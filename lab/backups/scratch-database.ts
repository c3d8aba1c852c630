import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../daemon/lab-state';
import type { AdministratorAccess } from '../postgres/connect';
import { withScratchServer } from '../postgres/scratch-server';
import { layDown } from './lay-down';
import type { KeptBackup } from './manifest';

export interface ScratchInput {
  lab: Lab;
  port: number;
  password: string;
  backup: KeptBackup;
  /** `postgresql.auto.conf` */
  conf: string;
  /** whether it has come to where it is to go; failing means not yet */
  reached: (access: AdministratorAccess) => Promise<boolean>;
}

/** A restored database that runs beside everything else. */
export interface ScratchDatabase {
  access: AdministratorAccess;
  dataFolder: string;
  /** stops it in order; its folder may be moved away then */
  stop(): Promise<void>;
}

/**
 * Restores a backup beside everything else, runs `use` once it is where it is to go, and leaves nothing behind but what
 * `use` moved away. Throws `DamagedBackup`, or an Error with PostgreSQL's own words when the target is not reached.
 */
export async function withScratchDatabase<R>(
  { lab, port, password, backup, conf, reached }: ScratchInput,
  use: (scratch: ScratchDatabase) => Promise<R>,
): Promise<R> {
  const { owner, binaries } = lab.postgres;
  const parent = join(lab.home.path, 'scratch');
  const dataFolder = join(parent, backup.manifest.id);
  const marker = `${lab.home.labId}/scratch/${backup.manifest.id}/`;
  await mkdir(parent, { recursive: true, mode: 0o711 });
  try {
    await layDown(backup, dataFolder, owner, conf);
    const access = { port, password, caCertificate: lab.certificate.caCertificate };
    const server = { command: binaries.postgres, owner, dataFolder, port, marker, reached: () => reached(access) };
    return await withScratchServer(server, (stop) => use({ access, dataFolder, stop }));
  } finally {
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 });
  }
}
