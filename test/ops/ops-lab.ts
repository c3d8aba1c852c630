import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { PROBE_TABLE } from '../../contracts/probe-contract';
import type { LabFault } from '../../lab/daemon/daemon-protocol';
import { startTestLab, type TestLab, until } from '../lab/running-lab';
import { SampleDeployment, SYNCHRONOUS, scope, store } from '../lab/sample-deployment';
import { OutsideWriter, outageMs } from './outside-writer';
import { brokenPromises } from './promises';

export const REGIONS = ['us-east-1', 'us-east-2', 'us-west-2'];
const HOSTNAME = 'orders.example.com';
const TAKEN_WITHIN_MS = 30_000;
const STEADY_MS = 1_500;
const AFTERWARDS_MS = 1_000;

export type Mode = 'asynchronous' | 'block';

export interface RunResult {
  outageMs: number;
  acknowledged: number;
  lost: number;
  broken: string[];
}

/** One deployment on a lab that fails over by itself: no Temporal server, no worker and no model run here. */
export class OpsLab {
  private runs = 0;

  private constructor(
    readonly lab: TestLab,
    readonly mode: Mode,
    private readonly edge: { port: number; caCertificate: string },
  ) {}

  static async start(mode: Mode): Promise<OpsLab> {
    const lab = await startTestLab();
    const deployment = new SampleDeployment(lab.daemon, {
      regions: REGIONS,
      ...(mode === 'block' && { mode: { ...SYNCHRONOUS, whenDegraded: 'block' } }),
    });
    await deployment.applyAll('base', 'connectivity', 'data', 'global');
    await lab.daemon.call('data.automate', { ...store, chain: REGIONS, automation: 'automatic' });
    const ops = new OpsLab(lab, mode, await lab.daemon.call('edge', {}));
    await ops.awaitReady();
    return ops;
  }

  async lease(): Promise<{ holder: string; epoch: number }> {
    const { lease } = await this.lab.daemon.call('data.lease', store);
    if (!lease?.holder) throw new Error('nobody holds the lease');
    return { holder: lease.holder, epoch: lease.epoch };
  }

  inject(id: string, fault: LabFault): Promise<{ at: string }> {
    return this.lab.daemon.call('faults.inject', { ...scope, id, fault });
  }

  undo(id: string): Promise<unknown> {
    return this.lab.daemon.call('faults.undo', { ...scope, id });
  }

  /** Moves the writes from this region to where traffic goes without it, as planned. */
  async switchOver(region: string): Promise<{ at: string; planned: boolean }> {
    const { epoch } = await this.lease();
    await this.lab.daemon.call('traffic.drain', { ...scope, hostname: HOSTNAME, regions: [region], epoch });
    const { regions } = await this.lab.daemon.call('traffic.resolve', { hostname: HOSTNAME });
    const to = regions[0] ?? '';
    const at = new Date().toISOString();
    await this.lab.daemon.call('data.handOver', { ...store, from: region, to, epoch: epoch + 1 });
    return { at, planned: true };
  }

  /** A steady stream of writes, something that happens to the region that takes them, and what became of the writes. */
  async run(
    happens: (region: string, id: string) => Promise<{ at: string; planned?: boolean }>,
    afterwards: (region: string, id: string) => Promise<void>,
  ): Promise<RunResult> {
    this.runs += 1;
    const name = `${this.mode}-${this.runs}`;
    const writer = new OutsideWriter(name, { ...this.edge, hostname: HOSTNAME });
    writer.start();
    try {
      await sleep(STEADY_MS);
      const before = await this.lease();
      const reportedLagMs = await this.worstLagMs(before.holder);
      const fault = await happens(before.holder, name);
      const faultAtMs = Date.parse(fault.at);
      await until('writes are acknowledged again', () => writer.wasAcknowledgedAfter(faultAtMs + 100), TAKEN_WITHIN_MS);
      await sleep(AFTERWARDS_MS);
      await writer.stop();
      const after = await this.lease();
      const present = await this.numbersIn(after.holder, name);
      const isTakeover = after.epoch > before.epoch && !fault.planned;
      const takenOverAtMs = isTakeover ? await this.takenOverAt(after.epoch) : undefined;
      const result = {
        outageMs: outageMs(writer.log, faultAtMs, TAKEN_WITHIN_MS),
        acknowledged: writer.log.filter(({ outcome }) => outcome === 'acknowledged').length,
        lost: writer.log.filter(({ outcome, seq }) => outcome === 'acknowledged' && !present.has(seq)).length,
        broken: brokenPromises(writer.log, {
          present,
          synchronous: this.mode === 'block',
          ...{ reportedLagMs, faultAtMs, takenOverAtMs },
        }),
      };
      await afterwards(before.holder, name);
      return result;
    } finally {
      await writer.stop();
    }
  }

  /** The lost region comes back as a standby, and all databases agree. */
  async rejoin(region: string): Promise<void> {
    const { holder, epoch } = await this.lease();
    if (holder !== region) await this.lab.daemon.call('data.rejoin', { ...store, region, epoch });
    await this.lab.daemon.call('traffic.drain', { ...scope, hostname: HOSTNAME, regions: [], epoch });
    await this.awaitReady();
  }

  /** Every standby streams, and all databases hold the same rows. */
  async awaitReady(): Promise<void> {
    await until(
      'all databases agree',
      async () => (await this.lab.daemon.call('data.compare', { ...store, regions: REGIONS })).consistent,
      60_000,
    );
    await until('the application is ready everywhere', async () => {
      const answers = await Promise.all(
        REGIONS.map((region) => this.lab.askRegion(region, 'GET', '/health/ready').catch(() => ({ status: 0 }))),
      );
      return answers.every(({ status }) => status === 200);
    });
  }

  private async worstLagMs(primary: string): Promise<number> {
    const asked = REGIONS.filter((region) => region !== primary).map((region) =>
      this.lab.daemon.call('data.status', { ...store, region }),
    );
    return Math.max(0, ...(await Promise.all(asked)).map(({ lagMs }) => lagMs ?? 0));
  }

  /** When the lease before this epoch was over, as the sentinels tell once they have seen that the new primary serves. */
  private async takenOverAt(epoch: number): Promise<number> {
    let overAt = 0;
    await until('the sentinels tell of the takeover', async () => {
      const found = await this.lab.daemon.call('data.takeovers', { ...store, since: new Date(0).toISOString() });
      overAt = Date.parse(found.find((one) => one.epoch === epoch)?.fence.at ?? '') || 0;
      return overAt > 0;
    });
    return overAt;
  }

  private async numbersIn(region: string, writer: string): Promise<Set<number>> {
    const { caCertificate, ...connection } = await this.lab.daemon.call('data.connection', { ...store, region });
    const client = new Client({ ...connection, ssl: { ca: caCertificate } });
    await client.connect();
    const { rows } = await client.query<{ seq: string }>(`select seq from ${PROBE_TABLE} where writer = $1`, [writer]);
    await client.end();
    return new Set(rows.map(({ seq }) => Number(seq)));
  }
}
