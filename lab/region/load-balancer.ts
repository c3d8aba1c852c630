import { Agent, type IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { createProxyServer } from 'http-proxy-3';
import { REGION_HEADER } from '../../contracts/probe-contract';
import type { RegionSettings } from './region-protocol';
import type { RegionServices } from './region-services';

const FORWARDED_PROTOCOL_HEADER = 'x-forwarded-proto';

/** Starts the region's load balancer: TLS in, plain HTTP to the healthy tasks in turn. Resolves once it listens. */
export function startLoadBalancer(settings: RegionSettings, services: RegionServices): Promise<Server> {
  const proxy = createProxyServer({ agent: new Agent({ keepAlive: true, maxSockets: 64 }) });
  proxy.on('error', (_error, _request, response) => {
    if (response instanceof ServerResponse) answer(response, 502, 'the task did not answer');
    else response?.destroy();
  });
  const server = createServer(settings.certificate, (request, response) => {
    response.setHeader(REGION_HEADER, settings.region);
    const task = services.route(pathOf(request))?.pick();
    if (!task) return answer(response, 503, 'no healthy task');
    request.headers[FORWARDED_PROTOCOL_HEADER] = 'https';
    proxy.web(request, response, { target: { host: '127.0.0.1', port: task.port } });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.loadBalancerPort, '127.0.0.1', () => resolve(server));
  });
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function answer(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: message }));
}
