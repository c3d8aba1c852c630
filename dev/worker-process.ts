import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiledPath } from '../lab/compiled-path';

const READY_TIMEOUT_MS = 60_000;
/** A worker gets this long to finish what it is doing; what it does not finish, another worker repeats. */
const STOP_GRACE_MS = 10_000;
/** A worker that dies once is restarted; one that keeps dying is broken, and restarting it hides that. */
const MAX_RESTARTS = 5;

export interface WorkerProcessInput {
  env: NodeJS.ProcessEnv;
  logFile: string;
  onRestart(pid: number): void;
  /** the worker keeps dying: it is not restarted any more */
  onGivenUp(reason: string): void;
}

export interface WorkerProcess {
  pid(): number;
  stop(): Promise<void>;
}

/** Runs the worker as a child process and starts a new one when it dies. Resolves when the first one is ready. */
export async function startWorkerProcess(input: WorkerProcessInput): Promise<WorkerProcess> {
  let stopping = false;
  let restarts = 0;
  let child = await startOnce(input);
  const watch = (watched: ChildProcess): void => {
    watched.once('exit', (code, signal) => {
      if (stopping) return;
      const reason = `the worker ended with ${signal ?? `code ${code}`}; its log is ${input.logFile}`;
      restarts += 1;
      if (restarts > MAX_RESTARTS) return input.onGivenUp(reason);
      restart().catch((error: Error) => input.onGivenUp(error.message));
    });
  };
  const restart = async (): Promise<void> => {
    child = await startOnce(input);
    if (stopping) return void (await stopChild(child));
    watch(child);
    input.onRestart(child.pid ?? 0);
  };
  watch(child);
  return {
    pid: () => child.pid ?? 0,
    stop: async () => {
      stopping = true;
      await stopChild(child);
    },
  };
}

async function startOnce({ env, logFile }: WorkerProcessInput): Promise<ChildProcess> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = fork(compiledPath('worker/main.js'), [], {
    env,
    execArgv: ['--require', compiledPath('dev/end-with-parent.js')],
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const ready = new Promise<'ready' | 'ended'>((resolve) => {
    child.on('message', (message) => message === 'ready' && resolve('ready'));
    child.once('exit', () => resolve('ended'));
  });
  const outcome = await Promise.race([ready, sleep(READY_TIMEOUT_MS, 'late' as const, { ref: false })]);
  if (outcome === 'ready') return child;
  await stopChild(child);
  const why = outcome === 'ended' ? 'ended while starting' : `was not ready after ${READY_TIMEOUT_MS} ms`;
  throw new Error(`the worker ${why}; its log is ${logFile}`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await Promise.race([exited, sleep(STOP_GRACE_MS, undefined, { ref: false })]);
  child.kill('SIGKILL');
  await exited;
}
