import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Links } from '../../../lab/network/links';

const open: Array<{ destroy(): void }> = [];
const servers: Server[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A server on loopback that hands every connection to `serve`. */
async function serverThat(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.push(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const echoServer = () => serverThat((socket) => socket.pipe(socket));

async function client(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  open.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** `once` would reject with the error that comes before the close. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.on('close', () => resolve()));
}

async function roundTripMs(socket: Socket): Promise<number> {
  const started = performance.now();
  socket.write('ping');
  await once(socket, 'data');
  return performance.now() - started;
}

const of = { application: 'orders', environment: 'staging' };
const base = { id: 'orders', of, from: 'us-east-1', to: 'eu-west-1' };

describe('a link', () => {
  let links: Links;
  beforeEach(() => {
    links = new Links();
  });
  afterEach(async () => {
    await links.remove('orders');
    await links.remove('other');
  });

  it('adds its round trip to every exchange, and one more before the first byte', async () => {
    const { port } = await links.set({ ...base, targetPort: await echoServer(), rttMs: 80 });
    const started = performance.now();
    const socket = await client(port);
    await roundTripMs(socket);
    const first = performance.now() - started;
    const second = await roundTripMs(socket);
    expect(first).toBeGreaterThanOrEqual(158);
    expect(first).toBeLessThan(235);
    expect(second).toBeGreaterThanOrEqual(79);
    expect(second).toBeLessThan(155);
  });

  it('delays but does not throttle: megabytes arrive in order about one way later', async () => {
    const { port } = await links.set({ ...base, targetPort: await echoServer(), rttMs: 100 });
    const socket = await client(port);
    await roundTripMs(socket);
    const sent = Buffer.alloc(3_000_000, 'abcdefghij');
    const received: Buffer[] = [];
    socket.on('data', (bytes) => received.push(bytes));
    const started = performance.now();
    socket.write(sent);
    socket.end();
    await once(socket, 'end');
    expect(performance.now() - started).toBeLessThan(600);
    expect(Buffer.concat(received).equals(sent)).toBe(true);
  });

  it('carries more than fits on the way when the reader is slow', async () => {
    const chunks: Buffer[] = [];
    const finished = new Promise<void>((resolve) => {
      void serverThat((socket) => {
        socket.on('data', (bytes) => {
          chunks.push(bytes);
          socket.pause();
          setTimeout(() => socket.resume(), 1);
        });
        socket.on('end', () => resolve());
      }).then(async (targetPort) => {
        const { port } = await links.set({ ...base, targetPort, rttMs: 10 });
        const socket = await client(port);
        socket.end(Buffer.alloc(12_000_000, '0123456789'));
      });
    });
    await finished;
    expect(Buffer.concat(chunks).equals(Buffer.alloc(12_000_000, '0123456789'))).toBe(true);
  });

  it('carries half-close: the far end hears the end and can still answer', async () => {
    const targetPort = await serverThat((socket) => {
      socket.resume();
      socket.on('end', () => socket.end('last words'));
    });
    const { port } = await links.set({ ...base, targetPort, rttMs: 20 });
    const socket = await client(port);
    socket.end('question');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toBe('last words');
  });

  it('tells the client of a far end that died, one way later', async () => {
    const targetPort = await serverThat((socket) => socket.on('data', () => socket.resetAndDestroy()));
    const { port } = await links.set({ ...base, targetPort, rttMs: 40 });
    const socket = await client(port);
    const end = closed(socket);
    const started = performance.now();
    socket.write('x');
    await end;
    expect(performance.now() - started).toBeGreaterThanOrEqual(39);
  });

  it('resets a connection to a server that is not there, and to a link without a target', async () => {
    const { port: dead } = await links.set({ ...base, targetPort: 1, rttMs: 10 });
    const { port: nowhere } = await links.set({ ...base, id: 'other', rttMs: 10 });
    for (const port of [dead, nowhere]) {
      const socket = connect({ port, host: '127.0.0.1' });
      const errors: unknown[] = [];
      socket.on('error', ({ code }: NodeJS.ErrnoException) => errors.push(code));
      await closed(socket);
      expect(errors).toEqual(['ECONNRESET']);
    }
  });

  it('carries nothing while it is cut, in either direction, for any connection, and goes on after', async () => {
    const { port } = await links.set({ ...base, targetPort: await echoServer(), rttMs: 10 });
    const old = await client(port);
    await roundTripMs(old);
    links.setFault({ id: 'f', of, kind: 'cut', from: 'eu-west-1', to: 'us-east-1' });
    const heard: string[] = [];
    old.on('data', () => heard.push('old'));
    old.write('into the void');
    const late = await client(port);
    late.on('data', () => heard.push('late'));
    late.write('into the void');
    await sleep(150);
    expect(heard).toEqual([]);
    links.clearFault('f');
    await sleep(100);
    expect(heard.sort()).toEqual(['late', 'old']);
  });

  it.each([
    { kind: 'cut', from: 'us-east-1', to: 'eu-west-1' },
    { kind: 'isolate', region: 'eu-west-1' },
    { kind: 'slow', from: 'us-east-1', to: 'eu-west-1', factor: 50 },
  ] as const)('$kind strikes one deployment: the links of others through the same regions go on', async (fault) => {
    const production = { application: 'orders', environment: 'production' };
    const { port } = await links.set({ ...base, id: 'o', of: production, targetPort: await echoServer(), rttMs: 10 });
    const socket = await client(port);
    await roundTripMs(socket);
    links.setFault({ id: 'f', of, ...fault });
    expect(await roundTripMs(socket)).toBeLessThan(100);
    expect(links.isIsolated(production, 'eu-west-1')).toBe(false);
    expect(links.isIsolated(of, 'eu-west-1')).toBe(fault.kind === 'isolate');
  });

  it('keeps the death of one end from the other while it is cut', async () => {
    let farClosed = false;
    const targetPort = await serverThat((socket) => {
      socket.resume();
      socket.on('close', () => {
        farClosed = true;
      });
    });
    const { port } = await links.set({ ...base, targetPort, rttMs: 10 });
    const socket = await client(port);
    socket.write('x');
    await sleep(60);
    links.setFault({ id: 'f', of, kind: 'cut', from: 'us-east-1', to: 'eu-west-1' });
    socket.resetAndDestroy();
    await sleep(100);
    expect(farClosed).toBe(false);
    links.clearFault('f');
    await sleep(100);
    expect(farClosed).toBe(true);
  });

  it('is slower by the factor of a slow fault, and leaves other links alone', async () => {
    const targetPort = await echoServer();
    const { port } = await links.set({ ...base, targetPort, rttMs: 30 });
    const { port: otherPort } = await links.set({
      id: 'other',
      of,
      from: 'us-east-1',
      to: 'ap-south-1',
      targetPort,
      rttMs: 30,
    });
    const [socket, other] = [await client(port), await client(otherPort)];
    await Promise.all([roundTripMs(socket), roundTripMs(other)]);
    links.setFault({ id: 'f', of, kind: 'slow', from: 'us-east-1', to: 'eu-west-1', factor: 5 });
    expect(await roundTripMs(socket)).toBeGreaterThanOrEqual(149);
    expect(await roundTripMs(other)).toBeLessThan(80);
    links.clearFault('f');
    expect(await roundTripMs(socket)).toBeLessThan(80);
  });

  it('keeps its port when it is retargeted, ends the old connections and leads to the new server', async () => {
    const first = await serverThat((socket) => socket.on('data', () => socket.write('first')));
    const second = await serverThat((socket) => socket.on('data', () => socket.write('second')));
    const { port } = await links.set({ ...base, targetPort: first, rttMs: 4 });
    const old = await client(port);
    await roundTripMs(old);
    const end = closed(old);
    expect(await links.set({ ...base, to: 'ap-south-1', targetPort: second, rttMs: 4 })).toEqual({ port });
    await end;
    const fresh = await client(port);
    fresh.write('who?');
    expect(String((await once(fresh, 'data'))[0])).toBe('second');
  });
});
