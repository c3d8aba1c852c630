import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { compiledPath } from './compiled-path';
import type { DaemonFailed, DaemonOptionsInput, DaemonReady } from './daemon/daemon-options';

export type StartLabOptions = DaemonOptionsInput;

export interface RunningLab {
  /** where the daemon listens, for createLabPlatform */
  url: string;
  /** folder with logs and data; gone after `stop` */
  home: string;
  pid: number;
  /** Ends the lab; resolves when nothing of it is left. */
  stop(): Promise<void>;
}

const HEAP_MB = 128;

/**
 * Starts a lab: its daemon as a child process, empty of regions. It ends with `stop` and, unless `lifetime` is `own`,
 * with this process, however that ends. Throws with the daemon's words when it cannot start.
 */
export async function startLab(options: StartLabOptions = {}): Promise<RunningLab> {
  const child = fork(compiledPath('lab/daemon/main.js'), [JSON.stringify(options)], {
    env: withoutSecrets(process.env),
    execArgv: [`--max-old-space-size=${HEAP_MB}`, '--max-semi-space-size=2'],
    // not in the terminal's group: an interrupt ends the parent, and the daemon then ends in order
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { port, home, pid } = await readyOf(child);
  if (options.lifetime === 'own') child.disconnect();
  // a program that has nothing else to do may end: the lab then ends with it, or goes on, as its lifetime says
  child.unref();
  child.channel?.unref();
  return { url: `http://127.0.0.1:${port}`, home, pid, stop: () => stop(child) };
}

/** The lab runs programs of others: keys and passwords of whoever starts it are none of its business. */
function withoutSecrets(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !/KEY|TOKEN|SECRET|PASSWORD/i.test(name)));
}

function readyOf(child: ChildProcess): Promise<DaemonReady> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: DaemonReady | DaemonFailed) => {
      if ('ready' in message) resolve(message);
      else reject(new Error(`the lab did not start: ${message.failed}`));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the lab ended while starting (${signal ?? code})`)));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
