import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';

/**
 * How a writer is found again and stopped: a loopback port that greets with the writer’s id and closes the connection
 * after `stop`, once the log is complete. A pid alone would not do: it can belong to someone else by now.
 */
export async function listenForStop(id: string, stop: () => Promise<void>): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(`${JSON.stringify(id)}\n`);
    socket.on('data', (text) => {
      if (text.toString().includes('stop')) void stop().then(() => socket.end());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

/**
 * Talks to the writer on a control port. `alive: false` when nobody answers there, or somebody else does.
 * With `stop` it resolves when the writer has logged everything, or after `timeoutMs` with `stopped: false`.
 */
export function askWriter(
  controlPort: number,
  id: string,
  input: { stop: boolean; timeoutMs: number },
): Promise<{ alive: boolean; stopped: boolean }> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: controlPort });
    let alive = false;
    const end = (stopped: boolean) => {
      clearTimeout(deadline);
      socket.destroy();
      resolve({ alive, stopped });
    };
    const deadline = setTimeout(() => end(false), input.timeoutMs);
    socket.on('error', () => undefined);
    socket.on('close', () => end(alive));
    socket.on('data', (text) => {
      alive = text.toString() === `${JSON.stringify(id)}\n`;
      if (alive && input.stop) socket.write('stop\n');
      else end(false);
    });
  });
}
