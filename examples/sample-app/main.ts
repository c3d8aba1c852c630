import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { REGION_HEADER } from '../../contracts/probe-contract';
import type { Answer } from './answer';
import { DataStore } from './data-store';
import { createRoutes } from './routes';
import { readSettings } from './settings';

/** A small orders service: what Meridian deploys when it is tried out, and an example of the probe contract. */

/** Longer than load balancers keep idle connections, so that it is never this end that closes under a request. */
const KEEP_ALIVE_MS = 65_000;
/** More than a request takes that waits for a connection and then for its query. */
const ENDS_WITHIN_MS = 5_000;
const MAX_BODY_BYTES = 100_000;

const settings = readSettings(process.env);
const store = new DataStore(settings);
const routes = createRoutes(settings, store);

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  const { method = 'GET', url = '/' } = request;
  routes({ method, url, body: () => readBody(request), wanted: whileOpen(response) }).then(
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
  // also those over which nothing was ever asked, which do not count as idle
  setTimeout(() => server.closeAllConnections(), ENDS_WITHIN_MS).unref();
});

function whileOpen(response: ServerResponse): AbortSignal {
  const wanted = new AbortController();
  response.once('close', () => wanted.abort());
  return wanted.signal;
}

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
