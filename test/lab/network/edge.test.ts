import { mkdtempSync, readFileSync } from 'node:fs';
import { type Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EdgeHostname, EdgeRecord } from '../../../lab/network/network-port';
import { type RunningNetwork, startNetwork } from '../../../lab/network/start-network';
import { markedProcesses } from '../../../lab/processes/marked-processes';
import { testCertificate } from './certificate';
import { type TestRegion, testRegion } from './test-region';

const logFile = join(mkdtempSync(join(tmpdir(), 'meridian-edge-')), 'network.log');
const locationRtts = {
  frankfurt: { 'us-east-1': 90, 'eu-west-1': 25 },
  virginia: { 'us-east-1': 5, 'eu-west-1': 80 },
};

let network: RunningNetwork;
let certificate: { key: string; cert: string };
let us: TestRegion;
let eu: TestRegion;
const published: string[] = [];

beforeAll(async () => {
  certificate = await testCertificate();
  network = await startNetwork({ logFile, certificate, locationRtts });
});
afterAll(() => network.stop());
beforeEach(async () => {
  us = await testRegion('us-east-1', certificate);
  eu = await testRegion('eu-west-1', certificate);
});
afterEach(async () => {
  for (const hostname of published) await network.removeHostname(hostname);
  await Promise.all([us.close(), eu.close()]);
});

function record(region: string, targetPort: number, rest: Partial<EdgeRecord> = {}): EdgeRecord {
  const healthCheck = { path: '/health', intervalSeconds: 0.1, failureThreshold: 3 };
  return { region, targetPort, routing: 'failover', healthCheck, ...rest };
}

const failover = (): EdgeRecord[] => [
  record('eu-west-1', eu.port, { failover: 'SECONDARY' }),
  record('us-east-1', us.port, { failover: 'PRIMARY' }),
];

/** Publishes under a name that no other test has used. */
async function publish(records: EdgeRecord[]): Promise<EdgeHostname> {
  const name = `t${published.length}.example.com`;
  published.push(name);
  const hostname = { hostname: name, application: 'orders', environment: 'prod', records };
  await network.setHostname(hostname);
  return hostname;
}

async function get(
  hostname: string,
  options: { location?: string; path?: string; method?: string; agent?: Agent; body?: string } = {},
): Promise<{ status: number; body: string; region: string; ms: number }> {
  const port = await network.edgePort();
  const headers = { host: hostname, ...(options.location && { 'x-meridian-location': options.location }) };
  const { path = '/', method = 'GET', agent } = options;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers, agent, rejectUnauthorized: false, servername: hostname },
      (response) => {
        let body = '';
        response.on('data', (text) => {
          body += String(text);
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            body,
            region: String(response.headers['x-meridian-region']),
            ms: performance.now() - started,
          }),
        );
        response.on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end(options.body);
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('did not come true within 10 s');
    await sleep(10);
  }
}

const healthOf = async (hostname: string, region: string) =>
  (await network.health(hostname)).find((health) => health.region === region);
const isHealthy = async (hostname: string, region: string) => (await healthOf(hostname, region))?.healthy === true;

describe('the edge', () => {
  it('does not resolve a hostname until it is published, nor after it is removed', async () => {
    const before = await get('orders.example.com');
    expect(before.status).toBe(421);
    expect(JSON.parse(before.body).error).toContain('"orders.example.com" does not resolve');
    expect(await network.resolve('orders.example.com')).toEqual({ regions: [] });
    const { hostname } = await publish(failover());
    expect((await get(hostname)).status).toBe(200);
    await network.removeHostname(hostname);
    expect((await get(hostname)).status).toBe(421);
    expect(await network.health(hostname)).toEqual([]);
  });

  it('answers from the primary of failover records, whatever their order', async () => {
    const { hostname } = await publish(failover());
    await until(async () => (await isHealthy(hostname, 'us-east-1')) && (await isHealthy(hostname, 'eu-west-1')));
    expect(await get(hostname)).toMatchObject({ status: 200, body: 'us-east-1', region: 'us-east-1' });
    expect(await network.resolve(hostname)).toEqual({ regions: ['us-east-1'] });
  });

  it('counts a new region as unhealthy until its first success', async () => {
    us.health = 503;
    const { hostname } = await publish(failover());
    await until(async () => ((await healthOf(hostname, 'us-east-1'))?.consecutiveFailures ?? 0) > 1);
    expect(await healthOf(hostname, 'us-east-1')).toMatchObject({ healthy: false });
    us.health = 200;
    await until(() => isHealthy(hostname, 'us-east-1'));
    expect(await healthOf(hostname, 'us-east-1')).toMatchObject({ consecutiveFailures: 0 });
  });

  it('stops sending to a region after its failure threshold, raises one alarm, and returns when it is well', async () => {
    const since = new Date().toISOString();
    const { hostname, records } = await publish(failover());
    const preview = await publish(records);
    for (const name of [hostname, preview.hostname]) {
      await until(async () => (await isHealthy(name, 'us-east-1')) && (await isHealthy(name, 'eu-west-1')));
    }
    const sickFrom = Date.now();
    us.health = 500;
    await until(async () => !(await isHealthy(hostname, 'us-east-1')));
    expect(Date.now() - sickFrom).toBeGreaterThanOrEqual(180);
    expect(await healthOf(hostname, 'us-east-1')).toMatchObject({ consecutiveFailures: 3 });
    expect((await get(hostname)).body).toBe('eu-west-1');
    expect(await network.resolve(hostname)).toEqual({ regions: ['eu-west-1'] });
    await until(async () => !(await isHealthy(preview.hostname, 'us-east-1')));
    const alarms = await network.alarms(since);
    expect(alarms.map(({ name }) => name)).toEqual(['orders-prod-us-east-1-unhealthy']);
    expect(alarms[0]).toMatchObject({ application: 'orders', environment: 'prod', region: 'us-east-1' });
    expect(await network.alarms(new Date(Date.parse(alarms[0]!.at) + 1).toISOString())).toEqual([]);
    us.health = 200;
    await until(() => isHealthy(hostname, 'us-east-1'));
    expect((await get(hostname)).body).toBe('us-east-1');
  });

  it('keeps health when traffic is shifted, and sends to the new primary at once', async () => {
    const { records, ...rest } = await publish(failover());
    await until(
      async () => (await isHealthy(rest.hostname, 'us-east-1')) && (await isHealthy(rest.hostname, 'eu-west-1')),
    );
    const before = await healthOf(rest.hostname, 'eu-west-1');
    const shifted = records.map((old) => ({
      ...old,
      failover: old.failover === 'PRIMARY' ? ('SECONDARY' as const) : ('PRIMARY' as const),
    }));
    await network.setHostname({ ...rest, records: shifted });
    expect((await get(rest.hostname)).body).toBe('eu-west-1');
    expect((await healthOf(rest.hostname, 'eu-west-1'))?.since).toBe(before?.since);
  });

  it('counts a region that hangs as failed', async () => {
    us.health = 0;
    const { hostname } = await publish([record('us-east-1', us.port)]);
    await until(async () => ((await healthOf(hostname, 'us-east-1'))?.consecutiveFailures ?? 0) === 1);
  });

  it('answers latency records from the nearest region and adds the distance', async () => {
    const { hostname } = await publish([
      record('us-east-1', us.port, { routing: 'latency' }),
      record('eu-west-1', eu.port, { routing: 'latency' }),
    ]);
    await until(async () => (await isHealthy(hostname, 'us-east-1')) && (await isHealthy(hostname, 'eu-west-1')));
    const near = await get(hostname, { location: 'frankfurt' });
    expect(near).toMatchObject({ region: 'eu-west-1' });
    expect(near.ms).toBeGreaterThanOrEqual(24);
    expect(await get(hostname, { location: 'virginia' })).toMatchObject({ region: 'us-east-1' });
    eu.health = 503;
    await until(async () => !(await isHealthy(hostname, 'eu-west-1')));
    const far = await get(hostname, { location: 'frankfurt' });
    expect(far).toMatchObject({ region: 'us-east-1' });
    expect(far.ms).toBeGreaterThanOrEqual(89);
    expect(far.ms).toBeLessThan(175);
  });

  it('refuses a location that it does not know', async () => {
    const { hostname } = await publish(failover());
    const answer = await get(hostname, { location: 'atlantis' });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('valid: frankfurt, virginia');
  });

  it('names a region that refuses the connection and does not try a write on another one', async () => {
    const { hostname } = await publish(
      failover().map((old) => ({ ...old, healthCheck: { ...old.healthCheck, intervalSeconds: 60 } })),
    );
    await until(async () => (await isHealthy(hostname, 'us-east-1')) && (await isHealthy(hostname, 'eu-west-1')));
    await us.close();
    const answer = await get(hostname, { method: 'PUT', path: '/probe/writes/w/1' });
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body)).toMatchObject({ region: 'us-east-1', carried: false });
    expect(eu.requests).toEqual([]);
  });

  it('says that it is unknown what became of a request when the region dies over it', async () => {
    const dying = await testRegion('us-east-1', certificate, (incoming) => incoming.socket.destroy());
    const { hostname } = await publish([record('us-east-1', dying.port)]);
    await until(() => isHealthy(hostname, 'us-east-1'));
    const answer = await get(hostname, { method: 'PUT', path: '/probe/writes/w/1' });
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body)).toMatchObject({ region: 'us-east-1', carried: 'unknown' });
    await dying.close();
  });

  it('carries bodies both ways', async () => {
    const echo = await testRegion('us-east-1', certificate, (incoming, response) => incoming.pipe(response));
    const { hostname } = await publish([record('us-east-1', echo.port)]);
    const body = 'x'.repeat(500_000);
    const answer = await get(hostname, { method: 'POST', body, location: 'virginia' });
    expect(answer.body.length).toBe(body.length);
    await echo.close();
  });

  it('refuses records that contradict each other', async () => {
    await expect(
      publish([record('us-east-1', us.port), record('eu-west-1', eu.port, { routing: 'latency' })]),
    ).rejects.toThrow('must share one routing policy, got failover, latency');
  });
});

describe('the network process', () => {
  it('ends when it is stopped, says so to callers, and wrote down what happened', async () => {
    const own = await startNetwork({ logFile, certificate, locationRtts, marker: 'mlab-test/network/' });
    const { port } = await own.setLink({
      id: 'l',
      of: { application: 'orders', environment: 'staging' },
      from: 'a',
      to: 'b',
      rttMs: 1,
    });
    expect(port).toBeGreaterThan(0);
    expect(markedProcesses('mlab-test/network/')).toEqual([own.pid]);
    await own.stop();
    expect(() => process.kill(own.pid, 0)).toThrow('ESRCH');
    await expect(own.edgePort()).rejects.toThrow('the network process is gone');
    expect(readFileSync(logFile, 'utf8')).toContain('"event":"link"');
  });
});
