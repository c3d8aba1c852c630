import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { REGION_HEADER } from '../../contracts/probe-contract';

/** As long as a writer of a drill waits: nobody would call a slower answer a success. */
const TIMEOUT_MS = 2_000;

export interface ProbeTarget {
  port: number;
  /** what is asked for: the Host header, and with TLS the server name */
  hostname: string;
  /** where to connect to, a name or an address; the hostname itself when absent */
  host?: string;
  /** how names become addresses; the resolver of this machine when absent */
  lookup?: LookupFunction;
  /** HTTP without TLS, where a load balancer has no certificate */
  plain?: boolean;
  /** PEM of an authority of one's own; the public ones when absent */
  caCertificate?: string;
  /**
   * The chain of the certificate is checked and the name in it is not: for what answers under a name that it has no
   * certificate for, such as the load balancer of a region.
   */
  anyName?: boolean;
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

/** One prober’s kept connections to a target. `connections: 1` is one warm connection. */
export class ProbeConnection {
  private readonly agent: HttpAgent;

  constructor(
    private readonly target: ProbeTarget,
    connections = 1,
  ) {
    const { plain, caCertificate, anyName, lookup } = target;
    const kept = { keepAlive: true, maxSockets: connections, ...(lookup && { lookup }) };
    this.agent = plain
      ? new HttpAgent(kept)
      : new HttpsAgent({
          ...kept,
          ...(caCertificate && { ca: caCertificate }),
          ...(anyName && { checkServerIdentity: () => undefined }),
        });
  }

  /** Sends one request. Rejects when no answer came within 2 s, or the signal aborted. */
  send({ method, path, headers, signal }: ProbeRequest): Promise<ProbeAnswer> {
    const { port, hostname, host = hostname, plain } = this.target;
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    return new Promise((resolve, reject) => {
      const startedMs = performance.now();
      const probe = (plain ? httpRequest : httpsRequest)(
        {
          method,
          host,
          port,
          path,
          ...(!plain && { servername: hostname }),
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
