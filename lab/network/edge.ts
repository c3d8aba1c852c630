import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LOCATION_HEADER } from '../../contracts/probe-contract';
import { answerJson } from './answer-json';
import type { EdgeHostnames } from './edge-hostnames';
import { chooseRecord } from './edge-routing';
import { forwardRequest } from './forward-request';
import type { EdgeHostname, NetworkUser } from './network-port';

/** Round trips in milliseconds: world location → region → ms. */
export type LocationRtts = Record<string, Record<string, number>>;

export interface EdgeCertificate {
  key: string;
  cert: string;
}

/** Shorter than servers keep idle connections (Node: 5 s): a request must not meet a connection that is being closed. */
const IDLE_MS = 4_000;

/**
 * The way in from the world: one TLS port for every hostname. It plays DNS, the distance from the caller’s location,
 * and nothing else; load balancers are in the regions.
 */
export class Edge {
  private readonly server: Server;
  /** The load balancers of the lab sign their own certificates. */
  private readonly agent = new Agent({ keepAlive: true, rejectUnauthorized: false, timeout: IDLE_MS });

  constructor(
    certificate: EdgeCertificate,
    private readonly hostnames: EdgeHostnames,
    private readonly locationRtts: LocationRtts,
    private readonly isIsolated: (of: NetworkUser, region: string) => boolean,
  ) {
    this.server = createServer({ ...certificate, keepAliveTimeout: 60_000 }, (request, answer) =>
      this.handle(request, answer),
    );
    this.server.on('tlsClientError', () => undefined);
  }

  /** @returns the TLS port on loopback */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  private handle(request: IncomingMessage, answer: ServerResponse): void {
    request.on('error', () => undefined);
    answer.on('error', () => undefined);
    const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    const hostname = this.hostnames.find(name);
    if (!hostname) {
      answerJson(answer, 421, { error: `hostname "${name}" does not resolve: no record is published for it` });
      return;
    }
    const location = request.headers[LOCATION_HEADER];
    if (location !== undefined && this.rtts(location) === undefined) {
      const valid = Object.keys(this.locationRtts).join(', ');
      answerJson(answer, 400, { error: `${LOCATION_HEADER} "${String(location)}" is not known; valid: ${valid}` });
      return;
    }
    this.route(request, answer, hostname, this.rtts(location));
  }

  private route(
    request: IncomingMessage,
    answer: ServerResponse,
    hostname: EdgeHostname,
    rtts: Record<string, number> | undefined,
  ): void {
    const record = chooseRecord(hostname.records, {
      healthy: (region) => this.hostnames.isHealthy(hostname.hostname, region),
      rttMs: (region) => rtts?.[region],
      random: Math.random(),
    });
    if (!record) {
      answerJson(answer, 421, { error: `hostname "${hostname.hostname}" does not resolve: it has no records` });
      return;
    }
    const rttMs = rtts === undefined ? 0 : rtts[record.region];
    if (rttMs === undefined) {
      answerJson(answer, 500, { error: `no round trip known to region ${record.region}`, region: record.region });
      return;
    }
    void forwardRequest(request, answer, {
      record,
      hostname: hostname.hostname,
      rttMs,
      agent: this.agent,
      isCut: () => this.isIsolated(hostname, record.region),
    });
  }

  private rtts(location: string | string[] | undefined): Record<string, number> | undefined {
    return typeof location === 'string' ? this.locationRtts[location] : undefined;
  }
}
