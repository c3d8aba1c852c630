import { createServer } from 'node:net';

/** A loopback port that was free a moment ago; `wanted` if that one is. */
export async function freePort(wanted = 0): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? Promise.reject(new Error('no loopback port is free'));
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    if (port > 65_535) return resolve(undefined);
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
