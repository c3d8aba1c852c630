import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { REGION_HEADER } from '../../contracts/probe-contract';
import type { Answer } from './answer';
import { DataStore } from './data-store';
import { createRoutes } from './routes';
import { readSettings } from './settings';

/** A small orders service: what Meridian deploys when it is tried out, and an example of the probe contract. */

/** Longer than load balancers keep idle connections, so that it is never this end that closes under a request. */
const KEEP_ALIVE_MS = 65_000;
const MAX_BODY_BYTES = 100_000;

const settings = readSettings(process.env);
const store = new DataStore(settings);
const routes = createRoutes(settings, store);

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  routes({ method: request.method ?? 'GET', url: request.url ?? '/', body: () => readBody(request) }).then(
    (answer) => send(response, answer),
    (error: Error) => {
      console.log(`${request.method} ${request.url} failed: ${error.message}`);
      send(response, { status: 500, body: { error: 'internal error' } });
    },
  );
});
server.listen(settings.port, settings.host, () => console.log(`listening on ${settings.port} in ${settings.region}`));

process.on('SIGTERM', () => {
  server.close(() => void store.close().finally(() => process.exit(0)));
  server.closeIdleConnections();
});

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) throw new SyntaxError(`longer than ${MAX_BODY_BYTES} characters`);
  }
  return JSON.parse(text);
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', [REGION_HEADER]: settings.region, ...headers });
  response.end(JSON.stringify(body));
}
