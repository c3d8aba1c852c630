import { createServer, type Server } from 'node:net';

/** Below the range that systems give to outgoing connections, so that nobody is handed one of our ports by chance. */
const FIRST_PORT = 20_000;
const LAST_PORT = 31_999;
const BLOCK_SIZE = 250;
const BLOCKS = Math.floor((LAST_PORT - FIRST_PORT + 1) / BLOCK_SIZE);

/**
 * Loopback ports of one lab. A lab takes whole blocks: it listens on the first port of a block for as long as it lives,
 * so that two labs on one machine never hand out the same port. Ports stay a lab's own while nothing listens on them,
 * which is what lets a killed region come back under its old address.
 */
export class PortBlocks {
  private readonly locks: Server[] = [];
  private readonly given: number[] = [];
  private next = 0;
  private end = 0;

  /** A port that nothing listened on just now. Throws when all blocks are taken. */
  async take(): Promise<number> {
    for (;;) {
      if (this.next === this.end) await this.takeBlock();
      const port = this.next++;
      const probe = await listenOn(port);
      if (!probe) continue;
      await close(probe);
      this.given.push(port);
      return port;
    }
  }

  async takeMany(count: number): Promise<number[]> {
    const ports: number[] = [];
    while (ports.length < count) ports.push(await this.take());
    return ports;
  }

  all(): number[] {
    return [...this.given];
  }

  release(): Promise<unknown> {
    return Promise.all(this.locks.map(close));
  }

  private async takeBlock(): Promise<void> {
    const start = Math.floor(Math.random() * BLOCKS);
    for (let step = 0; step < BLOCKS; step++) {
      const first = FIRST_PORT + ((start + step) % BLOCKS) * BLOCK_SIZE;
      const lock = await listenOn(first);
      if (!lock) continue;
      this.locks.push(lock);
      this.next = first + 1;
      this.end = first + BLOCK_SIZE;
      return;
    }
    throw new Error(`no free block of ${BLOCK_SIZE} ports between ${FIRST_PORT} and ${LAST_PORT}`);
  }
}

function listenOn(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
