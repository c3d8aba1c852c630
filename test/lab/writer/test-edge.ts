import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { testCertificate } from '../network/certificate';

export interface TestEdge {
  edge: { port: number; caCertificate: string };
  /** paths of all requests, in the order of arrival */
  seen: string[];
  close(): Promise<void>;
}

/** An edge that answers as the test says. */
export async function testEdge(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestEdge> {
  const certificate = await testCertificate();
  const seen: string[] = [];
  const server = createServer(certificate, (request, response) => {
    seen.push(`${request.method} ${request.headers.host}${request.url}`);
    handle(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    edge: { port: (server.address() as AddressInfo).port, caCertificate: certificate.cert },
    seen,
    async close() {
      let isClosed = false;
      server.close(() => {
        isClosed = true;
      });
      // one whose handshake is not over yet is not known to it, and would go on as before
      while (!isClosed) {
        server.closeAllConnections();
        await sleep(10);
      }
    },
  };
}
