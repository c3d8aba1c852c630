import { Agent, request } from 'node:https';
import { REGION_HEADER } from '../../contracts/probe-contract';

/** As long as a writer of a drill waits: nobody would call a slower answer a success. */
const TIMEOUT_MS = 2_000;

export interface ProbeTarget {
  /** TLS port on loopback, of the edge or of a region’s load balancer */
  port: number;
  hostname: string;
  /** PEM of the lab’s authority */
  caCertificate: string;
}

export interface ProbeRequest {
  method: 'GET' | 'PUT';
  path: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface ProbeAnswer {
  status: number;
  body: string;
  /** the region that served it, by REGION_HEADER */
  region: string | undefined;
  /** from sending the request to the end of the answer */
  ms: number;
}

/** One prober’s kept TLS connections to a hostname, made without DNS. `connections: 1` is one warm connection. */
export class ProbeConnection {
  private readonly agent: Agent;

  constructor(
    private readonly target: ProbeTarget,
    connections = 1,
  ) {
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: connections,
      ca: target.caCertificate,
      // the certificate is the lab’s, for localhost: hostnames exist only at the edge
      checkServerIdentity: () => undefined,
    });
  }

  /** Sends one request. Rejects when no answer came within 2 s, or the signal aborted. */
  send({ method, path, headers, signal }: ProbeRequest): Promise<ProbeAnswer> {
    const { port, hostname } = this.target;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    return new Promise((resolve, reject) => {
      const startedMs = performance.now();
      const probe = request(
        {
          method,
          host: '127.0.0.1',
          port,
          path,
          servername: hostname,
          headers: { ...(method === 'PUT' && { 'content-length': '0' }), ...headers, host: hostname },
          agent: this.agent,
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        },
        (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (text: string) => {
            body += text;
          });
          response.on('error', reject);
          response.on('end', () => {
            const region = response.headers[REGION_HEADER];
            resolve({
              status: response.statusCode ?? 0,
              body,
              region: typeof region === 'string' ? region : undefined,
              ms: performance.now() - startedMs,
            });
          });
        },
      );
      probe.on('error', reject);
      probe.end();
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
