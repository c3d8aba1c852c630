import { Client } from 'pg';
import { generate } from 'selfsigned';
import { regionRttMs } from '../../catalog/latency';
import { readPath, writePath } from '../../contracts/probe-contract';
import { startTestLab, type TestLab, until } from './running-lab';
import { FAR, PRIMARY, SampleDeployment, scope, store } from './sample-deployment';

const PAUSED = 'eu-central-1';
const REGIONS = [PRIMARY, PAUSED, FAR];
const rttMs = regionRttMs(PRIMARY, FAR);

let lab: TestLab;

beforeAll(async () => {
  lab = await startTestLab({ planted: [{ kind: 'pause-replay', region: PAUSED }] });
  await new SampleDeployment(lab.daemon, { regions: REGIONS }).applyAll('base', 'connectivity', 'data');
  await until('writes are taken', async () => (await write(PRIMARY, 0)) === 201);
  await arrives(FAR, 0);
});
afterAll(() => lab.stop());

const status = (region: string) => lab.daemon.call('data.status', { ...store, region });
const write = async (region: string, seq: number) =>
  (await lab.askRegion(region, 'PUT', writePath('test', seq))).status;
const read = async (region: string, seq: number) => (await lab.askRegion(region, 'GET', readPath('test', seq))).status;
const arrives = (region: string, seq: number) =>
  until(`write ${seq} in ${region}`, async () => (await read(region, seq)) === 200);

test('the log streams over the link: a write is seen far away after half a round trip, not before', async () => {
  const [near, far] = await Promise.all([connect(PRIMARY), connect(FAR)]);
  const seenAfterMs = async () => {
    const before = await lastWrite(far);
    expect(await write(PRIMARY, before + 1)).toBe(201);
    const written = await near.query<{ at: number }>(
      `select extract(epoch from pg_last_committed_xact.timestamp)::float * 1000 as at from pg_last_committed_xact()`,
    );
    while ((await lastWrite(far)) === before) await new Promise(setImmediate);
    return Date.now() - (written.rows[0]?.at ?? 0);
  };
  const measured = [await seenAfterMs(), await seenAfterMs(), await seenAfterMs()];
  await Promise.all([near.end(), far.end()]);
  expect(Math.min(...measured)).toBeGreaterThan(rttMs / 2 - 2);
  expect(Math.min(...measured)).toBeLessThan(rttMs + 100);
});

test('a standby reports an encrypted stream and no lag once it has replayed all', async () => {
  await until('all is replayed', async () => (await status(FAR)).lagMs === 0);
  expect(await status(FAR)).toMatchObject({ reachable: true, role: 'standby', timeline: 1, lagMs: 0, tls: true });
  expect(await status(PRIMARY)).toMatchObject({ reachable: true, role: 'primary', timeline: 1 });
});

test('nobody gets the log without the certificate of a standby', async () => {
  const { caCertificate, ...access } = await lab.daemon.call('data.connection', { ...store, region: PRIMARY });
  const asked = { ...access, user: 'replicator', replication: 'true', ssl: { ca: caCertificate } };
  await expect(new Client(asked).connect()).rejects.toThrow('connection requires a valid client certificate');
  const own = await generate([{ name: 'commonName', value: 'replicator' }], { keyType: 'ec', algorithm: 'sha256' });
  const forged = { ...asked, ssl: { ca: caCertificate, cert: own.cert, key: own.private } };
  await expect(new Client(forged).connect()).rejects.toThrow(/unknown ca|ECONNRESET|terminated unexpectedly/);
});

test('a standby that replays nothing shows the age of what it misses, and is not consistent', async () => {
  await write(PRIMARY, 50);
  const early = await status(PAUSED);
  expect(early).toMatchObject({ reachable: true, role: 'standby' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const late = await status(PAUSED);
  expect((late.lagMs ?? 0) - (early.lagMs ?? 0)).toBeGreaterThan(250);
  expect(late.lagBytes).toBeGreaterThan(0);
  expect(await read(PAUSED, 50)).not.toBe(200);
  const [same, differing] = [
    await lab.daemon.call('data.compare', { ...store, regions: [PRIMARY, FAR] }),
    await lab.daemon.call('data.compare', { ...store, regions: REGIONS }),
  ];
  expect(same.consistent).toBe(true);
  expect(differing.consistent).toBe(false);
});

test.each(REGIONS)('the database in %s syncs what it acknowledges to disk', async (region) => {
  const client = await connect(region);
  const { rows } = await client.query('show fsync');
  await client.end();
  expect(rows).toEqual([{ fsync: 'on' }]);
});

test('writes behind a cut link arrive when it heals, and the lag is seen meanwhile', async () => {
  const fault = { kind: 'cut-link', from: PRIMARY, to: FAR } as const;
  await lab.daemon.call('faults.inject', { ...scope, id: 'cut', fault });
  await write(PRIMARY, 60);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await status(FAR)).lagMs).toBeGreaterThan(250);
  await lab.daemon.call('faults.undo', { ...scope, id: 'cut' });
  await arrives(FAR, 60);
  await until('the lag is gone', async () => (await status(FAR)).lagMs === 0);
  await lab.daemon.call('faults.undo', { ...scope, id: 'cut' });
});

test('a database that is asked for in a region without one is not reachable', async () => {
  expect(await status('ap-southeast-1')).toEqual({
    region: 'ap-southeast-1',
    store: 'orders',
    reachable: false,
    role: 'unknown',
  });
});

async function connect(region: string): Promise<Client> {
  const { caCertificate, ...connection } = await lab.daemon.call('data.connection', { ...store, region });
  const client = new Client({ ...connection, ssl: { ca: caCertificate } });
  await client.connect();
  return client;
}

async function lastWrite(client: Client): Promise<number> {
  const { rows } = await client.query<{ seq: number }>('select max(seq)::int as seq from meridian_probe_writes');
  return rows[0]?.seq ?? 0;
}
