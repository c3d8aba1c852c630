import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIVE_PATH, PROBE_TABLE } from '../../contracts/probe-contract';
import type { LatencyMeasurement } from '../../contracts/validation';
import { createLabProbes } from '../../platforms/lab/lab-probes';
import type { ProbePort } from '../../platforms/platform';
import { nearestRank } from '../../platforms/probes/probe-percentile';
import { TestPostgres } from '../examples/sample-app/test-postgres';
import { HOSTNAME, startWorld, type World } from './lab-probes-world';

const folder = mkdtempSync(join(tmpdir(), 'meridian-probes-'));
const scope = { account: 'a', application: 'orders', environment: 'prod' };
const onEdge = { ...scope, hostname: HOSTNAME };
const context = { signal: new AbortController().signal, heartbeat: () => undefined };

/** Ten locations as far from the first region as this, milliseconds; the second region is farther from all. */
const DISTANCES_MS = [2, 10, 20, 35, 50, 80, 110, 150, 190, 240];
const locationRtts = Object.fromEntries(
  DISTANCES_MS.map((ms) => [`place-${ms}`, { 'us-east-1': ms, 'eu-west-1': ms + 60 }]),
);

let postgres: TestPostgres;
let unreplicated: TestPostgres;
let world: World;
let probes: ProbePort;

beforeAll(async () => {
  [postgres, unreplicated] = await Promise.all([TestPostgres.create(), TestPostgres.create()]);
  const own = unreplicated.environment();
  world = await startWorld({
    regions: [
      { region: 'us-east-1', environment: postgres.environment() },
      { region: 'eu-west-1', environment: { ...postgres.environment(), ORDERS_READ_PORT: own.ORDERS_READ_PORT! } },
    ],
    locationRtts,
    logFile: join(folder, 'network.log'),
    writerDir: folder,
    primary: { region: 'us-east-1', postgres },
  });
  probes = createLabProbes({ daemon: world.daemon });
  const deadline = Date.now() + 10_000;
  while ((await world.network.health(HOSTNAME)).some(({ healthy }) => !healthy)) {
    if (Date.now() > deadline) throw new Error('the regions did not become healthy within 10 s');
    await sleep(20);
  }
});
afterAll(async () => {
  await world?.close();
  await Promise.all([postgres?.remove(), unreplicated?.remove()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Less than the way to the other region. */
const MOST_ADDED_MS = 60;

/** How little is added shows only while the machine has time for it: a busy one gets three attempts. */
async function quietly(measure: () => Promise<LatencyMeasurement[]>): Promise<LatencyMeasurement[]> {
  for (let attempt = 1; ; attempt++) {
    const measured = await measure();
    const quiet = measured.every(({ p50Ms }, index) => p50Ms < DISTANCES_MS[index]! + MOST_ADDED_MS);
    if (quiet || attempt === 3) return measured;
  }
}

describe('latency', () => {
  const latency = { ...onEdge, samples: 20, percentile: 95, underMs: 100 };

  it('is the distance of each location plus little, and says which region served', async () => {
    const measured = await quietly(() =>
      probes.latency({ ...latency, of: 'read', locations: Object.keys(locationRtts) }, context),
    );
    expect(measured.map(({ location }) => location)).toEqual(Object.keys(locationRtts));
    for (const [index, measurement] of measured.entries()) {
      const distanceMs = DISTANCES_MS[index]!;
      expect(measurement).toMatchObject({ servedBy: 'us-east-1', samples: 20, source: 'lab' });
      expect(measurement.p50Ms).toBeGreaterThanOrEqual(distanceMs - 1);
      expect(measurement.p50Ms).toBeLessThan(distanceMs + MOST_ADDED_MS);
      expect(measurement.withinSla).toBe(measurement.slaPercentileMs <= 100);
    }

    expect(measured[9]?.withinSla).toBe(false);
  });

  it('of writes commits every one', async () => {
    await probes.latency({ ...latency, samples: 5, of: 'write', locations: ['place-2'] }, context);
    const [{ count } = {}] = await postgres.query(
      `select count(*)::int from ${PROBE_TABLE} where writer like 'latency-place-2-%'`,
    );
    expect(count).toBe(5 + 3);
  });

  it('is not a number when the application does not answer', async () => {
    const input = { ...latency, of: 'read' as const, hostname: 'nowhere.example.com', locations: ['place-2'] };
    await expect(probes.latency(input, context)).rejects.toMatchObject({
      type: 'Platform.Unavailable',
      message: expect.stringContaining('answered 421'),
    });
  });

  it('stops when it is cancelled', async () => {
    const cancelled = { ...context, signal: AbortSignal.timeout(100) };
    const input = { ...latency, samples: 10_000, of: 'read' as const, locations: ['place-240'] };
    await expect(probes.latency(input, cancelled)).rejects.toThrow();
  });
});

describe('load', () => {
  it('keeps its rate and counts what failed', async () => {
    const load = await probes.load({ ...onEdge, seconds: 2, requestsPerSecond: 50 }, context);
    expect(load).toMatchObject({ requests: 100, failed: 0, seconds: 2, requestsPerSecond: 50 });
    expect(load.p95Ms).toBeGreaterThan(0);
    const refused = await probes.load({ ...onEdge, hostname: 'no.where', seconds: 1, requestsPerSecond: 10 }, context);
    expect(refused).toMatchObject({ requests: 10, failed: 10 });
  });
});

describe('replication', () => {
  it('is seen where the row arrives and not where nothing is replicated', async () => {
    const regions = ['us-east-1', 'eu-west-1'];
    const seen = await probes.writeAndRead({ ...onEdge, store: 'orders', regions, timeoutMs: 600 });
    expect(seen[0]).toMatchObject({ region: 'us-east-1', seen: true });
    expect(seen[0]!.afterMs).toBeLessThan(500);
    expect(seen[1]).toMatchObject({ region: 'eu-west-1', seen: false });
    expect(seen[1]!.afterMs).toBeGreaterThanOrEqual(600);
  });
});

describe('a region', () => {
  it('is healthy when all of its tasks are', async () => {
    const [up] = await probes.region({ ...scope, region: 'us-east-1', path: LIVE_PATH });
    expect(up).toMatchObject({ region: 'us-east-1', service: 'api', healthy: true, tasksHealthy: 2 });
    const [down] = await probes.region({ ...scope, region: 'sa-east-1', path: LIVE_PATH });
    expect(down).toMatchObject({ healthy: false, tasksHealthy: 0 });
  });
});

describe('a writer', () => {
  it('leaves a log, and the primary holds what it acknowledged', async () => {
    const handle = await probes.startWriter({ ...onEdge, id: 'drill/1', writesPerSecond: 40 });
    await sleep(600);
    expect((await probes.writerLog(handle)).length).toBeGreaterThan(5);
    const { log, present } = await probes.stopWriter(handle);
    const acknowledged = log.filter(({ outcome }) => outcome === 'acknowledged').map(({ seq }) => seq);
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(present).toEqual(expect.arrayContaining(acknowledged));
  });

  it('counts a row that was removed as absent', async () => {
    const handle = await probes.startWriter({ ...onEdge, id: 'drill/2', writesPerSecond: 40 });
    await sleep(400);
    await probes.stopWriter(handle);
    await postgres.query(`delete from ${PROBE_TABLE} where writer = 'drill/2' and seq = 3`);
    const { log, present } = await probes.stopWriter(handle);
    expect(log.map(({ seq }) => seq).filter((seq) => !present.includes(seq))).toEqual([3]);
  });

  it('is refused by name when it is unknown', async () => {
    await expect(probes.writerLog({ id: 'nobody' })).rejects.toMatchObject({ type: 'Platform.Refused' });
  });

  it('does not call an unreachable primary empty', async () => {
    const handle = await probes.startWriter({ ...onEdge, id: 'drill/3', writesPerSecond: 10 });
    await postgres.kill();
    await expect(probes.stopWriter(handle)).rejects.toMatchObject({
      type: 'Platform.Unavailable',
      region: 'us-east-1',
    });
    await postgres.start();
  });
});

describe('nearest rank', () => {
  it('is a value that was measured', () => {
    const values = [5, 1, 4, 2, 3];
    expect([1, 20, 21, 50, 95, 100].map((percentile) => nearestRank(values, percentile))).toEqual([1, 1, 2, 3, 5, 5]);
    expect(() => nearestRank([], 95)).toThrow('does not exist');
  });
});
