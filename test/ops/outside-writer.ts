import { Agent, request } from 'node:https';
import { writePath } from '../../contracts/probe-contract';

export interface Write {
  seq: number;
  sentAtMs: number;
  endedAtMs: number;
  outcome: 'acknowledged' | 'not-acknowledged';
}

/** A write that has not been answered by then is given up: its outcome is not known. */
const TIMEOUT_MS = 1_000;
const EVERY_MS = 20;

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
      const end = (outcome: Write['outcome']) => {
        this.log.push({ seq, sentAtMs, endedAtMs: Date.now(), outcome });
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
          response.on('end', () => end(response.statusCode === 201 ? 'acknowledged' : 'not-acknowledged'));
          response.on('error', () => end('not-acknowledged'));
        },
      );
      sent.on('error', () => end('not-acknowledged'));
      sent.end();
    });
  }
}

/** The longest time in which nothing was acknowledged, from one acknowledgement to the next, around a moment. */
export function outageMs(log: readonly Write[], aroundMs: number, windowMs: number): number {
  const times = log
    .filter(({ outcome, endedAtMs }) => outcome === 'acknowledged' && Math.abs(endedAtMs - aroundMs) <= windowMs)
    .map(({ endedAtMs }) => endedAtMs)
    .sort((a, b) => a - b);
  let longest = 0;
  for (const [index, at] of times.entries()) longest = Math.max(longest, at - (times[index - 1] ?? at));
  return longest;
}
