import { Agent, request } from 'node:https';
import { REGION_HEADER, writePath } from '../../contracts/probe-contract';
import type { Write } from './write';

/** A write that has not been answered by then is given up: its outcome is not known. */
const TIMEOUT_MS = 1_000;
const EVERY_MS = 20;

/** The key of a number that an outside writer wrote. */
export const outsideKey = (seq: number | string) => `front door/${seq}`;

/**
 * Writes numbers through the front door, as somebody does who knows nothing of Meridian, and writes down what it was
 * promised: one number every 20 ms, each sent once, whatever became of the ones before.
 */
export class OutsideWriter {
  readonly log: Write[] = [];
  private seq = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly underWay = new Set<Promise<void>>();
  private readonly agent: Agent;

  constructor(
    readonly name: string,
    private readonly edge: { port: number; caCertificate: string; hostname: string },
  ) {
    this.agent = new Agent({ keepAlive: true, ca: edge.caCertificate, checkServerIdentity: () => undefined });
  }

  start(): void {
    this.timer = setInterval(() => {
      const write = this.send(++this.seq).finally(() => this.underWay.delete(write));
      this.underWay.add(write);
    }, EVERY_MS);
  }

  /** Resolves when the last write has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
    this.agent.destroy();
  }

  /** Whether any write that was sent after this time was acknowledged. */
  wasAcknowledgedAfter(ms: number): boolean {
    return this.log.some(({ outcome, sentAtMs }) => outcome === 'acknowledged' && sentAtMs > ms);
  }

  private send(seq: number): Promise<void> {
    const { port, hostname } = this.edge;
    const sentAtMs = Date.now();
    return new Promise((resolve) => {
      const end = (outcome: Write['outcome'], region = 'nobody') => {
        const [key, way] = [outsideKey(seq), `front door, ${region}`];
        // the answer came over a link: it may have been given any time since
        this.log.push({ key, content: '', way, sentAtMs, notBeforeMs: sentAtMs, endedAtMs: Date.now(), outcome });
        resolve();
      };
      const sent = request(
        {
          ...{ method: 'PUT', host: '127.0.0.1', port, path: writePath(this.name, seq), agent: this.agent },
          headers: { host: hostname, 'content-length': 0 },
          servername: hostname,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        },
        (response) => {
          response.resume();
          const region = String(response.headers[REGION_HEADER]);
          response.on('end', () => end(response.statusCode === 201 ? 'acknowledged' : 'not-acknowledged', region));
          response.on('error', () => end('not-acknowledged', region));
        },
      );
      sent.on('error', () => end('not-acknowledged'));
      sent.end();
    });
  }
}
