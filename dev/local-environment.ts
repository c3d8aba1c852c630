import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientProblem } from '../clients/client-problem';
import { compiledPath } from '../lab/compiled-path';
import type { PlantedFault } from '../lab/daemon/daemon-protocol';
import type { EnvironmentOptions, FromSupervisor } from './environment-messages';
import { isAlive, type LocalState, readLocalState } from './local-state';
import { newRunFolder } from './run-folder';

/** Stopping destroys the lab's regions, which takes seconds; longer than this means something hangs. */
const STOP_TIMEOUT_MS = 60_000;
const STOP_HINT = 'stop it with "npm run meridian -- dev --stop"';

export interface StartLocalEnvironmentInput {
  /** the environment gets a folder of its own in here */
  stateFolder: string;
  /** let commands in other terminals that use this state folder find it; only one may be announced at a time */
  announce: boolean;
  /** stay up when this process has ended */
  keep: boolean;
  /** faults that wait in the lab for their moment */
  planted?: PlantedFault[];
  onEvent?: (message: string) => void;
  /** the environment ended by itself, while starting or later */
  onBroken?: (reason: string) => void;
  /** environment variables for everything that is started; default: those of this process */
  env?: NodeJS.ProcessEnv;
}

export interface LocalEnvironment extends LocalState {
  /** Stops everything that was started and waits until it is gone. */
  stop(): Promise<void>;
  /** With `keep`: lets go of the environment, so that this process can end without it. */
  release(): void;
}

/**
 * Starts a Temporal server (or uses the one of TEMPORAL_ADDRESS), a lab and a worker under a supervisor process.
 * Without `keep` they end when this process ends, however it ends. Throws a ClientProblem when something does not start, or an
 * environment is already announced.
 */
export async function startLocalEnvironment(input: StartLocalEnvironmentInput): Promise<LocalEnvironment> {
  const { stateFolder, announce, keep, planted = [], onEvent, onBroken, env = process.env } = input;
  const running = announce ? readLocalState(stateFolder) : undefined;
  if (running) throw new ClientProblem('refused', `a local environment is up already (pid ${running.pid})`, STOP_HINT);
  const home = newRunFolder(stateFolder);
  const supervisor = forkSupervisor({ home, announceIn: announce ? stateFolder : undefined, keep, planted }, env);
  const state = await new Promise<LocalState>((resolve, reject) => {
    supervisor.on('message', (message: FromSupervisor) => {
      if (message.type === 'event') onEvent?.(message.message);
      if (message.type === 'ready') resolve(message.state);
      if (message.type === 'failed') {
        onBroken?.(message.message);
        reject(new ClientProblem('unexpected', message.message, `logs are in ${join(home, 'logs')}`));
      }
    });
    supervisor.once('error', reject);
    supervisor.once('exit', () =>
      reject(new ClientProblem('unexpected', `the supervisor ended, see ${supervisorLog(home)}`)),
    );
  });
  return {
    ...state,
    stop: async () => {
      if (supervisor.connected) supervisor.send({ type: 'stop' });
      await untilGone(state.pid);
    },
    release: () => {
      if (supervisor.connected) supervisor.disconnect();
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
  const log = openSync(supervisorLog(options.home), 'a');
  const supervisor = fork(compiledPath('dev/main.js'), [JSON.stringify(options)], {
    env,
    // An own session: Ctrl-C reaches the command alone, which then stops this in order.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return supervisor;
}

function supervisorLog(home: string): string {
  return join(home, 'logs', 'supervisor.log');
}

async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline)
      throw new ClientProblem('unexpected', `the local environment (pid ${pid}) does not stop`);
    await sleep(50);
  }
}
