import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../daemon/lab-state';
import { type AdministratorAccess, oneRow, withDatabase } from '../postgres/connect';
import { killMarked } from '../processes/kill-marked';
import { layDown } from './lay-down';
import type { KeptBackup } from './manifest';

const REACHED_WITHIN_MS = 120_000;
const POLL_MS = 20;
const SAID_AT_MOST = 2_000;

export interface ScratchInput {
  lab: Lab;
  port: number;
  password: string;
  backup: KeptBackup;
  /** `postgresql.auto.conf`; must stop the recovery with a pause */
  conf: string;
}

/**
 * Restores a backup beside everything else, runs `look` on it once it stands still at its target, and leaves nothing
 * behind. Throws `DamagedBackup`, or an Error with PostgreSQL's own words when the target is not reached.
 */
export async function withScratchDatabase<R>(
  { lab, port, password, backup, conf }: ScratchInput,
  look: (access: AdministratorAccess) => Promise<R>,
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
    await awaitTarget(child, access);
    return await look(access);
  } finally {
    await killMarked(marker);
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function awaitTarget(child: ChildProcess, access: AdministratorAccess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said = `${said}${text.toString()}`.slice(-SAID_AT_MOST);
  });
  child.once('error', (error) => {
    said = error.message;
  });
  for (const deadline = Date.now() + REACHED_WITHIN_MS; ; await sleep(POLL_MS)) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) throw new Error(fatalOf(said));
    if (Date.now() > deadline) throw new Error(`not at its target within ${REACHED_WITHIN_MS} ms: ${fatalOf(said)}`);
    const state = await pauseState(access).catch(() => undefined);
    if (state === 'paused') return;
  }
}

async function pauseState(access: AdministratorAccess): Promise<string> {
  const query = 'select pg_get_wal_replay_pause_state() as state';
  return withDatabase(access, async (client) => (await oneRow<{ state: string }>(client, query)).state);
}

/** What PostgreSQL says ends with its process table; the reason is the last line that is fatal. */
function fatalOf(said: string): string {
  const lines = said.trim().split('\n');
  return lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}
