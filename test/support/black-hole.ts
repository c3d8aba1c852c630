import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** Listens, and then does nothing any more: the kernel takes connections until its queue is full, and then drops them. */
const NEVER_ACCEPTS = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
const MORE_THAN_THE_QUEUE = 8;

export interface BlackHole {
  /** `127.0.0.1:port`, where connections are neither made nor refused, as behind a firewall that drops packets */
  address: string;
  stop(): Promise<void>;
}

/** Fails when the kernel goes on making connections: then this is no black hole. */
export async function startBlackHole(): Promise<BlackHole> {
  const worker = new Worker(NEVER_ACCEPTS, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const fillers: Socket[] = [];
  for (let nth = 0; nth < MORE_THAN_THE_QUEUE; nth++) {
    fillers.push(connect(port, '127.0.0.1').on('error', () => {}));
    await sleep(20);
  }
  if (!fillers.at(-1)?.connecting) throw new Error('the queue of the listening socket is not full');
  return {
    address: `127.0.0.1:${port}`,
    stop: async () => {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}
