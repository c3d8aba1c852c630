import { setTimeout as sleep } from 'node:timers/promises';
import { type OpsLab, REGIONS } from './ops-lab';

const EVERY_MS = 250;
/**
 * A lag is the age of the oldest commit that a standby lacks. PostgreSQL takes the time of a commit a moment before its
 * place in the log: a process that has to wait in between (the machine is busy) commits after younger ones, so that what
 * the standby lacks may be so much older than is said.
 */
const MARGIN_MS = 200;

/** The lag of every standby as it is reported until the fault. What was acknowledged since a report comes on top of it. */
export class ReportedLag {
  private readonly reports: Array<{ region: string; askedAtMs: number; lagMs: number }> = [];
  private asking: Promise<void> | undefined;
  private ended = false;

  constructor(
    private readonly ops: OpsLab,
    private readonly primary: string,
  ) {}

  start(): void {
    this.asking = this.ask();
  }

  async stop(): Promise<void> {
    this.ended = true;
    await this.asking;
  }

  /**
   * Everything that was acknowledged before this (wall clock, ms) is held by the standby of that region: it is older than
   * the lag in the last report about it.
   */
  explainsSince(region: string, faultAtMs: number): number {
    const last = this.reports.findLast((report) => report.region === region && report.askedAtMs < faultAtMs);
    if (!last) throw new Error(`nobody said how far behind ${region} is`);
    return last.askedAtMs - last.lagMs - MARGIN_MS;
  }

  private async ask(): Promise<void> {
    const standbys = REGIONS.filter((region) => region !== this.primary);
    while (!this.ended) {
      await Promise.all(
        standbys.map(async (region) => {
          const askedAtMs = Date.now();
          const lagMs = await this.ops.lagMs(region).catch(() => undefined);
          if (lagMs !== undefined) this.reports.push({ region, askedAtMs, lagMs });
        }),
      );
      await sleep(EVERY_MS);
    }
  }
}
