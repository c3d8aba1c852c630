import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiledPath } from '../lab/compiled-path';
import type { EnvironmentOptions, FromSupervisor } from './environment-messages';
import { isAlive, type LocalState, readLocalState } from './local-state';

/** Stopping destroys the lab's regions, which takes seconds; longer than this means something hangs. */
const STOP_TIMEOUT_MS = 60_000;

export interface StartLocalEnvironmentInput extends EnvironmentOptions {
  onEvent?: (message: string) => void;
  /** the environment ended by itself after it had started */
  onBroken?: (reason: string) => void;
  /** environment variables for everything that is started; default: those of this process */
  env?: NodeJS.ProcessEnv;
}

export interface LocalEnvironment extends LocalState {
  /** Stops everything that was started and waits until it is gone. */
  stop(): Promise<void>;
  /** With `keep`: lets go of the environment, which stays up until `stopLocalEnvironment`. */
  release(): void;
}

/**
 * Starts a Temporal server (or uses the one of TEMPORAL_ADDRESS), a lab and a worker under a supervisor process.
 * Without `keep` they end when this process ends, however it ends. Throws when something does not start, or an
 * environment is already announced in `announceIn`.
 */
export async function startLocalEnvironment(input: StartLocalEnvironmentInput): Promise<LocalEnvironment> {
  const { onEvent, onBroken, env = process.env, ...options } = input;
  const running = options.announceIn ? readLocalState(options.announceIn) : undefined;
  if (running)
    throw new Error(`a local environment is up already (pid ${running.pid}): stop it with "meridian dev --stop"`);
  const supervisor = forkSupervisor(options, env);
  const state = await new Promise<LocalState>((resolve, reject) => {
    supervisor.on('message', (message: FromSupervisor) => {
      if (message.type === 'event') onEvent?.(message.message);
      if (message.type === 'ready') resolve(message.state);
      if (message.type === 'failed') {
        onBroken?.(message.message);
        reject(new Error(message.message));
      }
    });
    supervisor.once('error', reject);
    supervisor.once('exit', () => reject(new Error(`the supervisor ended; its log is ${supervisorLog(options)}`)));
  });
  return {
    ...state,
    stop: async () => {
      if (supervisor.connected) supervisor.send({ type: 'stop' });
      await untilGone(state.pid);
    },
    release: () => {
      supervisor.disconnect();
      supervisor.unref();
    },
  };
}

/** Stops the environment that is announced in a state folder. False when there is none. */
export async function stopLocalEnvironment(announcedIn: string): Promise<boolean> {
  const state = readLocalState(announcedIn);
  if (!state) return false;
  process.kill(state.pid, 'SIGTERM');
  await untilGone(state.pid);
  return true;
}

function forkSupervisor(options: EnvironmentOptions, env: NodeJS.ProcessEnv): ChildProcess {
  mkdirSync(join(options.home, 'logs'), { recursive: true });
  const log = openSync(supervisorLog(options), 'a');
  const supervisor = fork(compiledPath('dev/main.js'), [JSON.stringify(options)], {
    env,
    // An own session: Ctrl-C reaches the command alone, which then stops this in order.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return supervisor;
}

function supervisorLog({ home }: EnvironmentOptions): string {
  return join(home, 'logs', 'supervisor.log');
}

async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error(`the local environment (pid ${pid}) does not stop; see its logs`);
    await sleep(50);
  }
}
