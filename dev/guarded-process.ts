import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './local-state';

export interface GuardedProcessInput {
  command: string;
  args: string[];
  /** stdout and stderr of the process go here */
  logFile: string;
  /** between the polite signal and SIGKILL, milliseconds */
  graceMs: number;
}

export interface GuardedProcess {
  /** of the process itself, not of its guard */
  pid: number;
  exited: Promise<void>;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * The guard is a shell that holds the read end of a pipe from us. When we die, however we die, the pipe closes and the
 * guard ends its child: a foreign program like the Temporal server has no way of noticing that by itself. A shell and
 * not a Node process, since it costs 1 MiB instead of 45. Line 1 on descriptor 4 is the child's pid.
 */
const GUARD = `
  exec 3<&0
  grace=$1; shift
  "$@" </dev/null 3<&- 4>&- & child=$!
  echo $child >&4; exec 4>&-
  { cat <&3 >/dev/null; kill -TERM $child; sleep "$grace"; kill -KILL 0; } 2>/dev/null &
  wait $child
  kill -KILL 0
`;

/** Starts a program that ends when this process ends, even by SIGKILL. */
export async function startGuardedProcess(input: GuardedProcessInput): Promise<GuardedProcess> {
  mkdirSync(dirname(input.logFile), { recursive: true });
  const log = openSync(input.logFile, 'a');
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', String(input.graceMs / 1000), input.command, ...input.args], {
    // An own process group: Ctrl-C in a terminal must not reach the child before we decide what to do.
    detached: true,
    stdio: ['pipe', log, log, 'ignore', 'pipe'],
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => guard.once('close', () => resolve()));
  const pid = await childPid(guard);
  return {
    pid,
    exited,
    stop: async () => {
      guard.stdin?.destroy();
      await exited;
      await untilGone(pid);
    },
  };
}

/** The guard and its child are killed together: which of them is gone first is the kernel's choice. */
async function untilGone(pid: number): Promise<void> {
  for (const deadline = Date.now() + 2_000; isAlive(pid) && Date.now() < deadline; ) await sleep(5);
}

function childPid(guard: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    guard.once('error', reject);
    guard.once('exit', () => reject(new Error('the guard of a process ended before it started the process')));
    guard.stdio[4]?.once('data', (data: Buffer) => resolve(Number(data.toString())));
  });
}

/** Waits until `ready` answers true; throws when the process ends first or the time is up. */
export async function untilReady(
  process: GuardedProcess,
  ready: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  let ended = false;
  process.exited.then(
    () => {
      ended = true;
    },
    () => undefined,
  );
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const isReady = await ready();
    // Asked afterwards: on a port that someone else took first, that someone would answer for us.
    if (ended) throw new Error('it ended while starting');
    if (isReady) return;
    if (Date.now() > deadline) throw new Error(`it was not ready after ${timeoutMs} ms`);
    await sleep(50);
  }
}
