import { request } from 'node:https';
import { type HealthState, nextHealth, unproven } from './health-state';
import type { EdgeRecord } from './network-port';

/** Route 53 gives an endpoint 4 s to connect and 2 s to answer; on one machine 2 s for both is generous. */
const CHECK_TIMEOUT_MS = 2_000;

/** Asks one region for its health at the interval of its record, for as long as the record exists. */
export class HealthWatch {
  state: HealthState = unproven(new Date().toISOString());
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly hostname: string,
    readonly record: EdgeRecord,
    private readonly onTurn: (state: HealthState) => void,
    private readonly isCut: () => boolean,
  ) {}

  /** Checks now and from now on. */
  start(): void {
    void this.check();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** A record with the same endpoint and check keeps its health when the records of its hostname are replaced. */
  fits(record: EdgeRecord): boolean {
    return (
      record.region === this.record.region &&
      record.targetPort === this.record.targetPort &&
      JSON.stringify(record.healthCheck) === JSON.stringify(this.record.healthCheck)
    );
  }

  /** One at a time: the answers of overlapping checks could arrive in the wrong order. */
  private async check(): Promise<void> {
    const { path, failureThreshold, intervalSeconds } = this.record.healthCheck;
    const startedMs = performance.now();
    const passed = (await answersWell(this.record.targetPort, this.hostname, path)) && !this.isCut();
    if (this.stopped) return;
    const before = this.state;
    this.state = nextHealth(before, { passed, at: new Date().toISOString(), failureThreshold });
    if (before.healthy !== this.state.healthy) this.onTurn(this.state);
    const nextInMs = Math.max(0, startedMs + intervalSeconds * 1000 - performance.now());
    this.timer = setTimeout(() => void this.check(), nextInMs);
  }
}

/** 2xx and 3xx within the bound, on a connection of its own: a kept connection could outlive its listener. */
function answersWell(port: number, hostname: string, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const check = request(
      {
        host: '127.0.0.1',
        port,
        path,
        servername: hostname,
        headers: { host: hostname, 'user-agent': 'meridian-health-check' },
        agent: false,
        rejectUnauthorized: false,
        signal: AbortSignal.timeout(CHECK_TIMEOUT_MS),
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve((response.statusCode ?? 500) < 400));
        response.on('error', () => resolve(false));
      },
    );
    check.on('error', () => resolve(false));
    check.end();
  });
}
