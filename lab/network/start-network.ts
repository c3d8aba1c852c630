import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { compiledPath } from '../compiled-path';
import type { NetworkConfig } from './network';
import { NETWORK_METHODS, type NetworkReply, type NetworkRequest } from './network-messages';
import type { NetworkPort } from './network-port';

/** The network holds buffers, not objects: a small young generation keeps its resident size down. */
const NODE_OPTIONS = ['--max-semi-space-size=2', '--max-old-space-size=128'];

const STOP_TIMEOUT_MS = 2_000;

export interface RunningNetwork extends NetworkPort {
  pid: number;
  stop(): Promise<void>;
}

export interface StartNetworkInput extends NetworkConfig {
  logFile: string;
  /** goes into the command line, so that a sweep finds the process (lab/processes/marked-processes.ts) */
  marker?: string;
}

/**
 * Starts the network process and returns its port. It ends with `stop` or with this process.
 * Calls reject when the process is gone, with how it ended.
 */
export async function startNetwork(input: StartNetworkInput): Promise<RunningNetwork> {
  const log = openSync(input.logFile, 'a');
  const child = fork(compiledPath('lab/network/main.js'), input.marker ? [input.marker] : [], {
    execArgv: NODE_OPTIONS,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const send = requestsOver(child);
  await send('start', { certificate: input.certificate, locationRtts: input.locationRtts });
  const methods = NETWORK_METHODS.map((method) => [method, (argument?: unknown) => send(method, argument)]);
  return Object.assign(Object.fromEntries(methods) as NetworkPort, {
    pid: child.pid ?? 0,
    stop: () => stop(child),
  });
}

type Send = (method: NetworkRequest['method'], argument: unknown) => Promise<unknown>;

/** Pairs requests with replies by number; all waiting ones reject when the child exits. */
function requestsOver(child: ChildProcess): Send {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  child.on('message', (reply: NetworkReply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) call?.reject(new Error(reply.error));
    else call?.resolve(reply.result);
  });
  child.on('exit', (code, signal) => {
    for (const call of waiting.values()) call.reject(new Error(`the network process ended (${signal ?? code})`));
    waiting.clear();
  });
  return (method, argument) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      child.send({ id, method, argument } as NetworkRequest, (error) => {
        if (!error || !waiting.delete(id)) return;
        reject(new Error(`the network process is gone: ${error.message}`));
      });
    });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  if (child.connected) child.disconnect();
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(deadline);
}
