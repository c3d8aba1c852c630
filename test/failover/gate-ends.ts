import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a byte takes on the loopback; what has not come by then does not come. */
const ARRIVES_WITHIN_MS = 150;

/** One end of a connection: what arrived there, and whether it was ended. */
export class End {
  received = '';
  closed = false;

  constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => {
      this.received += bytes.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
    });
  }

  send(text: string): void {
    this.socket.write(text);
  }
}

/** Stands where a database would: takes every connection and says nothing by itself. */
export class FarEnd {
  readonly ends: End[] = [];
  private readonly server = createServer((socket) => this.ends.push(new End(socket)));

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  get last(): End {
    const end = this.ends.at(-1);
    if (!end) throw new Error('nobody has connected');
    return end;
  }

  close(): void {
    for (const { socket } of this.ends) socket.destroy();
    this.server.close();
  }
}

/** Resolves once the gate has taken or reset the connection. */
export async function connectTo(port: number): Promise<End> {
  const end = new End(connect({ host: '127.0.0.1', port, noDelay: true }));
  await new Promise((resolve) => end.socket.once('connect', resolve).once('close', resolve));
  return end;
}

export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`did not come true: ${what}`);
    await sleep(2);
  }
}

/** For what must not happen. */
export const aWhile = () => sleep(ARRIVES_WITHIN_MS);
