import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { databaseOwner, postgresBinaries } from '../../../lab/postgres/binaries';
import { createRoles } from '../../../lab/postgres/create-roles';
import { provision } from '../../../lab/postgres/provision';
import { APPLICATION } from '../../../lab/postgres/settings';
import { testCertificate } from '../../lab/network/certificate';
import { freePort } from '../../support/free-port';

const PASSWORD = 'test';

/** A real PostgreSQL with TLS on a loopback port, with the application’s role and database `orders`. */
export class TestPostgres {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly home: string,
    readonly port: number,
    readonly caCertificate: string,
  ) {}

  static async create(): Promise<TestPostgres> {
    const home = mkdtempSync(join(tmpdir(), 'meridian-test-pg-'));
    chmodSync(home, 0o711);
    const owner = databaseOwner();
    const certificate = await testCertificate();
    const server = new TestPostgres(home, await freePort(), certificate.cert);
    await provision({
      binaries: postgresBinaries(home, owner),
      owner,
      dataFolder: join(home, 'data'),
      administratorPassword: PASSWORD,
      certificate,
    });
    await server.start();
    const secrets = { administratorPassword: PASSWORD, applicationPassword: PASSWORD };
    await createRoles({ port: server.port, password: PASSWORD, caCertificate: certificate.cert }, 'orders', secrets);
    return server;
  }

  async start(): Promise<void> {
    const owner = databaseOwner();
    const { postgres } = postgresBinaries(this.home, owner);
    const dataFolder = join(this.home, 'data');
    const options = { ...owner, cwd: dataFolder, env: { LC_ALL: 'C' }, stdio: 'ignore' as const };
    this.child = spawn(postgres, ['-D', dataFolder, '-p', String(this.port)], options);
    const deadline = Date.now() + 20_000;
    while (!(await this.answers())) {
      if (Date.now() > deadline) throw new Error('PostgreSQL did not start within 20 s');
      await sleep(50);
    }
  }

  /** Ends all sessions at once, as a crash would. */
  async kill(): Promise<void> {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGQUIT');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Environment of a task that uses it as primary and as its region’s own copy. */
  environment(): Record<string, string> {
    const port = String(this.port);
    return {
      ORDERS_HOST: '127.0.0.1',
      ORDERS_PORT: port,
      ORDERS_READ_HOST: '127.0.0.1',
      ORDERS_READ_PORT: port,
      ORDERS_DATABASE: 'orders',
      ORDERS_USER: APPLICATION,
      ORDERS_PASSWORD: PASSWORD,
    };
  }

  /** How the daemon would tell a prober to reach it. */
  connection() {
    const { port, caCertificate } = this;
    return { host: 'localhost', port, user: APPLICATION, password: PASSWORD, database: 'orders', caCertificate };
  }

  async query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const { caCertificate: _, ...access } = this.connection();
    const client = new Client({ ...access, host: '127.0.0.1', ssl: { rejectUnauthorized: false } });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text, values)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  private async answers(): Promise<boolean> {
    const access = { host: '127.0.0.1', port: this.port, user: 'postgres', password: PASSWORD, database: 'postgres' };
    const client = new Client({ ...access, ssl: { rejectUnauthorized: false } });
    client.on('error', () => undefined);
    const connected = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    return connected;
  }
}
