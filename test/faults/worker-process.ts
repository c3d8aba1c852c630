import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import type { CallContext } from '../../platforms/platform';
import { PlatformError } from '../../platforms/platform-error';
import type { FaultWorker } from './fault-worker';

/** A worker that can be killed as the kernel does it, and the next one started in its place. */
export interface WorkerProcess {
  /** SIGKILL; returns when another worker polls. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

type Setting = Pick<FaultWorker, 'address' | 'taskQueue' | 'home' | 'bundle'>;

/** Starts a worker process whose platform is the fake cloud that `cloud` answers at the moment of each call. */
export async function startWorkerProcess(
  { address, taskQueue, home, bundle }: Setting,
  cloud: () => FakeCloud,
): Promise<WorkerProcess> {
  const served = await serve(cloud);
  const start = async (): Promise<ChildProcess> => {
    const setting = { address, taskQueue, home, bundle, cloud: served.url };
    const child = fork(path.join(__dirname, 'remote-worker.cjs'), [JSON.stringify(setting)]);
    const died = once(child, 'exit').then(([code]) => {
      throw new Error(`the worker ended with code ${code} while it started`);
    });
    await Promise.race([once(child, 'message'), died]);
    died.catch(() => undefined);
    return child;
  };
  let child = await start();
  const kill = async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    kill: async () => {
      await kill();
      child = await start();
    },
    stop: async () => {
      await kill();
      await served.stop();
    },
  };
}

type Call = { port: 'stacks' | 'data' | 'traffic' | 'probes' | 'faults'; method: string; args: unknown[] };

async function serve(cloud: () => FakeCloud): Promise<{ url: string; stop(): Promise<void> }> {
  const context: CallContext = { signal: new AbortController().signal, heartbeat: () => undefined };
  const server = createServer(async (request, response) => {
    const { port, method, args } = JSON.parse(await text(request)) as Call;
    const acts = createFakePlatform(cloud())[port] as unknown as Record<string, (...all: unknown[]) => unknown>;
    const answer = await Promise.resolve(acts[method]?.(...args, context)).then(
      (result) => ({ result }),
      (error: unknown) => ({ error: wordsOf(error) }),
    );
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function wordsOf(error: unknown) {
  if (!(error instanceof PlatformError)) return { type: 'Platform.Unavailable', message: String(error) };
  const { type, message, retryable, region, resource } = error;
  return { type, message, retryable, region, resource };
}
