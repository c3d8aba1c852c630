import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import type { Takeover } from '../../contracts/failover';
import { storeVariables } from '../../contracts/probe-contract';
import type { DatabaseStatus, Rejoined } from '../../contracts/replication';
import type { LabFault } from '../../lab/daemon/daemon-protocol';
import { startTestLab, type TestLab, until } from '../lab/running-lab';
import { SampleDeployment, SYNCHRONOUS, scope, store } from '../lab/sample-deployment';
import { CREATE_INSIDE_TABLE } from './inside-writer';

export const REGIONS = ['us-east-1', 'us-east-2', 'us-west-2'];
const HOSTNAME = 'orders.example.com';
const AGREE_WITHIN_MS = 60_000;
const KEEPER_LINES = 30;

export type Mode = 'asynchronous' | 'block';

/** One deployment on a lab that fails over by itself: no Temporal server, no worker and no model run here. */
export class OpsLab {
  /** regions of the databases by the port that each says it listens on */
  private readonly databasePorts = new Map<number, string>();

  /** the epoch that a hand-over was to begin last */
  private asked = 0;

  private readonly endpointPorts = new Map<string, number>();

  private constructor(
    readonly lab: TestLab,
    readonly mode: Mode,
    readonly edge: { port: number; caCertificate: string; hostname: string },
  ) {}

  static async start(mode: Mode): Promise<OpsLab> {
    const lab = await startTestLab();
    const deployment = new SampleDeployment(lab.daemon, {
      regions: REGIONS,
      ...(mode === 'block' && { mode: { ...SYNCHRONOUS, whenDegraded: 'block' } }),
    });
    await deployment.applyAll('base', 'connectivity', 'data', 'global');
    await lab.daemon.call('data.automate', { ...store, chain: REGIONS, automation: 'automatic' });
    const ops = new OpsLab(lab, mode, { ...(await lab.daemon.call('edge', {})), hostname: HOSTNAME });
    await ops.query(await ops.endpoint(REGIONS[0] ?? ''), CREATE_INSIDE_TABLE);
    for (const region of REGIONS) {
      const [row] = await ops.query<{ port: number }>(await ops.readPort(region), 'select inet_server_port() as port');
      ops.databasePorts.set(row?.port ?? 0, region);
      await ops.endpoint(region);
    }
    await ops.awaitReady();
    return ops;
  }

  async lease(): Promise<{ holder: string; epoch: number }> {
    const { lease } = await this.lab.daemon.call('data.lease', store);
    if (!lease?.holder) throw new Error('nobody holds the lease');
    return { holder: lease.holder, epoch: lease.epoch };
  }

  /** What is asked for now has at least this one: that of a hand-over that came to nothing was accepted all the same. */
  private async epoch(): Promise<number> {
    return Math.max(this.asked, (await this.lease()).epoch);
  }

  inject(id: string, fault: LabFault): Promise<{ at: string }> {
    return this.lab.daemon.call('faults.inject', { ...scope, id, fault });
  }

  undo(id: string): Promise<unknown> {
    return this.lab.daemon.call('faults.undo', { ...scope, id });
  }

  /** Moves the writes from this region to where traffic goes without it, as planned. */
  async switchOver(region: string): Promise<{ at: string }> {
    const epoch = await this.epoch();
    await this.lab.daemon.call('traffic.drain', { ...scope, hostname: HOSTNAME, regions: [region], epoch });
    const { regions } = await this.lab.daemon.call('traffic.resolve', { hostname: HOSTNAME });
    const at = new Date().toISOString();
    this.asked = epoch + 1;
    await this.lab.daemon.call('data.handOver', { ...store, from: region, to: regions[0] ?? '', epoch: epoch + 1 });
    return { at };
  }

  /** Every region that does not follow comes back as a standby: a run that broke off may have left one down. */
  async recover(): Promise<void> {
    const { holder } = await this.lease();
    for (const region of REGIONS)
      if (region !== holder && (await this.role(region)) !== 'standby') await this.rejoin(region);
    await this.awaitReady();
  }

  /** The lost region comes back as a standby. */
  async rejoin(region: string): Promise<Rejoined> {
    const epoch = await this.epoch();
    return this.lab.daemon.call('data.rejoin', { ...store, region, epoch });
  }

  /** Every region answers again, every standby streams, and all databases hold the same rows. */
  async awaitReady(): Promise<void> {
    const epoch = await this.epoch();
    await this.lab.daemon.call('traffic.drain', { ...scope, hostname: HOSTNAME, regions: [], epoch });
    await until(
      'all databases agree',
      async () => (await this.lab.daemon.call('data.compare', { ...store, regions: REGIONS })).consistent,
      AGREE_WITHIN_MS,
    ).catch(async (error: Error) => {
      const databases = REGIONS.map((region) => this.lab.daemon.call('data.status', { ...store, region }));
      throw new Error(`${error.message}: ${JSON.stringify(await Promise.all(databases))}`);
    });
    await until('the application is ready everywhere', async () => {
      const answers = await Promise.all(
        REGIONS.map((region) => this.lab.askRegion(region, 'GET', '/health/ready').catch(() => ({ status: 0 }))),
      );
      return answers.every(({ status }) => status === 200);
    });
  }

  /** What the sentinels tell of the takeover that began this epoch, once one has seen that the new primary serves. */
  async takeover(epoch: number): Promise<Takeover> {
    let found: Takeover | undefined;
    await until('the sentinels tell of the takeover', async () => {
      found = await this.takeoverIfTold(epoch);
      return found !== undefined;
    });
    if (!found) throw new Error(`no takeover of epoch ${epoch}`);
    return found;
  }

  /** Undefined where they tell of none: they did not see it, not yet, or it was planned. */
  async takeoverIfTold(epoch: number): Promise<Takeover | undefined> {
    const all = await this.lab.daemon.call('data.takeovers', { ...store, since: new Date(0).toISOString() });
    return all.find((one) => one.epoch === epoch);
  }

  /** By the region's database itself, primary or standby, with the application's credentials. */
  async readPort(region: string): Promise<ClientConfig> {
    const { caCertificate, ...connection } = await this.lab.daemon.call('data.connection', { ...store, region });
    return { ...connection, ssl: { ca: caCertificate } };
  }

  /** To the database that takes writes, by the address that the applications of this region were told. */
  async endpoint(region: string): Promise<ClientConfig> {
    const known = this.endpointPorts.get(region) ?? (await this.toldEndpoint(region));
    this.endpointPorts.set(region, known);
    return { ...(await this.readPort(region)), port: known };
  }

  private async toldEndpoint(region: string): Promise<number> {
    const task = await this.pidOf(`${region} task api-1`);
    const { port } = storeVariables(store.store);
    const variables = readFileSync(`/proc/${task}/environ`, 'utf8').split('\0');
    const told = variables.find((variable) => variable.startsWith(`${port}=`))?.slice(port.length + 1);
    if (!told) throw new Error(`the application in ${region} was told no ${port}`);
    return Number(told);
  }

  regionOf(port: number): string {
    return this.databasePorts.get(port) ?? `nobody's port ${port}`;
  }

  /** Of a process that the lab names so, for example `us-east-1 keeper`. */
  async pidOf(what: string): Promise<number> {
    let pid: number | undefined;
    await until(`there is a ${what}`, async () => {
      const { processes } = await this.lab.daemon.call('status', {});
      pid = processes.find((process) => process.what === what)?.pid;
      return pid !== undefined;
    });
    return pid ?? 0;
  }

  /** The last lines that each keeper wrote after that time: why the lease moved. */
  saidByKeepers(sinceMs: number): string[] {
    const files = readdirSync(this.lab.home, { recursive: true, encoding: 'utf8' });
    return files
      .filter((file) => file.endsWith('keeper.log'))
      .flatMap((file) => {
        const lines = readFileSync(join(this.lab.home, file), 'utf8').split('\n');
        const recent = lines.filter((line) => Date.parse(line.split(' ')[0] ?? '') >= sinceMs);
        return recent.slice(-KEEPER_LINES).map((line) => `${file}: ${line}`);
      });
  }

  async role(region: string): Promise<DatabaseStatus['role']> {
    return (await this.lab.daemon.call('data.status', { ...store, region })).role;
  }

  /** How far behind the standby of a region is, ms, as is reported; undefined while nobody can tell. */
  async lagMs(region: string): Promise<number | undefined> {
    return (await this.lab.daemon.call('data.status', { ...store, region })).lagMs;
  }

  async query<R extends object>(connection: ClientConfig, text: string, values: unknown[] = []): Promise<R[]> {
    const client = new Client(connection);
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<R>(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
