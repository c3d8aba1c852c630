import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../daemon/lab-state';
import type { AdministratorAccess } from '../postgres/connect';
import { killMarked } from '../processes/kill-marked';
import { layDown } from './lay-down';
import type { KeptBackup } from './manifest';

/** A log of days is replayed at some hundred megabytes a second. */
const REACHED_WITHIN_MS = 30 * 60_000;
const STOPS_WITHIN_MS = 30_000;
const POLL_MS = 20;
const SAID_AT_MOST = 2_000;

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
    const args = ['-D', dataFolder, '-p', String(port), '-c', `cluster_name=${marker}`];
    const child = spawn(binaries.postgres, args, {
      ...owner,
      cwd: dataFolder,
      detached: true,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const access = { port, password, caCertificate: lab.certificate.caCertificate };
    await awaitReached(child, () => reached(access));
    return await use({ access, dataFolder, stop: () => stop(child) });
  } finally {
    await killMarked(marker);
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function awaitReached(child: ChildProcess, reached: () => Promise<boolean>): Promise<void> {
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said = `${said}${text.toString()}`.slice(-SAID_AT_MOST);
  });
  child.once('error', (error) => {
    said = error.message;
  });
  for (const deadline = Date.now() + REACHED_WITHIN_MS; ; await sleep(POLL_MS)) {
    if (hasEnded(child)) throw new Error(fatalOf(said));
    if (Date.now() > deadline) throw new Error(`not at its target within ${REACHED_WITHIN_MS} ms: ${fatalOf(said)}`);
    if (await reached().catch(() => false)) return;
  }
}

/** What is in the archive's queue is archived before it ends. */
async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGINT');
  for (const deadline = Date.now() + STOPS_WITHIN_MS; !hasEnded(child); await sleep(POLL_MS)) {
    if (Date.now() > deadline) throw new Error(`the restored database does not stop within ${STOPS_WITHIN_MS} ms`);
  }
  if (child.exitCode !== 0) throw new Error(`the restored database ended with ${child.exitCode ?? child.signalCode}`);
}

function hasEnded({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

/** What PostgreSQL says ends with its process table; the reason is the last line that is fatal. */
function fatalOf(said: string): string {
  const lines = said.trim().split('\n');
  return lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}
