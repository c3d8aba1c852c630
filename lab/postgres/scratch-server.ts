import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { killMarked } from '../processes/kill-marked';
import type { DatabaseOwner } from './binaries';

/** A log of days is replayed at some hundred megabytes a second. */
const REACHED_WITHIN_MS = 30 * 60_000;
const STOPS_WITHIN_MS = 30_000;
const POLL_MS = 20;
const SAID_AT_MOST = 2_000;

export interface ScratchServerInput {
  /** the program `postgres` */
  command: string;
  owner: DatabaseOwner | undefined;
  dataFolder: string;
  /** loopback port of its own */
  port: number;
  /** in the command line of each of its processes */
  marker: string;
  /** stand above those in the data directory */
  settings?: Record<string, string>;
  /** whether it has come to where it is to go; failing means not yet */
  reached: () => Promise<boolean>;
}

/** It ended by a signal while it started: nothing is said about its data. */
export class ScratchKilled extends Error {}

/**
 * Runs a PostgreSQL that no keeper knows, runs `use` once it is where it is to go, and leaves no process behind.
 * Throws an Error with PostgreSQL's own words when it does not get there, `ScratchKilled` when somebody killed it.
 */
export async function withScratchServer<R>(
  { command, owner, dataFolder, port, marker, settings = {}, reached }: ScratchServerInput,
  use: (stop: () => Promise<void>) => Promise<R>,
): Promise<R> {
  const set = Object.entries({ ...settings, cluster_name: marker }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  try {
    const child = spawn(command, ['-D', dataFolder, '-p', String(port), ...set], {
      ...owner,
      cwd: dataFolder,
      detached: true,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await awaitReached(child, reached);
    return await use(() => stop(child));
  } finally {
    await killMarked(marker);
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
    if (child.signalCode) throw new ScratchKilled(`it was ended by ${child.signalCode}`);
    if (hasEnded(child)) throw new Error(fatalOf(said));
    if (Date.now() > deadline) throw new Error(`not at its target within ${REACHED_WITHIN_MS} ms: ${fatalOf(said)}`);
    if (await reached().catch(() => false)) return;
  }
}

/** What is in the archive's queue is archived before it ends. */
async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGINT');
  for (const deadline = Date.now() + STOPS_WITHIN_MS; !hasEnded(child); await sleep(POLL_MS)) {
    if (Date.now() > deadline) throw new Error(`the database does not stop within ${STOPS_WITHIN_MS} ms`);
  }
  if (child.exitCode !== 0) throw new Error(`the database ended with ${child.exitCode ?? child.signalCode}`);
}

function hasEnded({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

/** What PostgreSQL says ends with its process table; the reason is the last line that is fatal. */
function fatalOf(said: string): string {
  const lines = said.trim().split('\n');
  return lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}
