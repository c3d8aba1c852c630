import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { REGION_HEADER } from '../../../contracts/probe-contract';

export interface TestRegion {
  port: number;
  /** status of the health path; 0: the server hangs */
  health: number;
  requests: string[];
  close(): Promise<void>;
}

/** A region’s load balancer for tests of the edge: answers `/health` with `health` and everything else with its name. */
export async function testRegion(
  name: string,
  certificate: { key: string; cert: string },
  handle?: (request: IncomingMessage, response: ServerResponse) => void,
  listenPort = 0,
): Promise<TestRegion> {
  const server = createServer(certificate, (request, response) => {
    if (request.url === '/health') {
      if (region.health > 0) response.writeHead(region.health).end();
      return;
    }
    region.requests.push(`${request.method} ${request.url}`);
    response.setHeader(REGION_HEADER, name);
    if (handle) handle(request, response);
    else response.end(name);
  });
  server.listen(listenPort, '127.0.0.1');
  await once(server, 'listening');
  const region: TestRegion = {
    port: (server.address() as AddressInfo).port,
    health: 200,
    requests: [],
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return region;
}
