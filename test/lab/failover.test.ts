import { Client } from 'pg';
import { readPath, writePath } from '../../contracts/probe-contract';
import { isAlive, isListening, startTestLab, type TestLab, until } from './running-lab';
import { FAR, PRIMARY, SampleDeployment, STANDBY, scope, store } from './sample-deployment';

/** One story on one deployment: each test starts from where the one before ended. */
let lab: TestLab;
const REGIONS = [PRIMARY, STANDBY, FAR];
const HOSTNAME = 'preview-orders.example.com';

beforeAll(async () => {
  lab = await startTestLab();
  await new SampleDeployment(lab.daemon, { regions: REGIONS }).applyAll('base', 'connectivity', 'data', 'preview');
});
afterAll(() => lab.stop());

const status = (region: string) => lab.daemon.call('data.status', { ...store, region });
const promote = (region: string, expectedPrimary: string, epoch: number) =>
  lab.daemon.call('data.promote', { ...store, region, expectedPrimary, epoch });
const fence = (region: string, epoch: number) => lab.daemon.call('data.fence', { ...store, region, epoch });
const rejoin = (region: string, epoch: number) => lab.daemon.call('data.rejoin', { ...store, region, epoch });
const write = (region: string, seq: number) => lab.askRegion(region, 'PUT', writePath('test', seq));
const read = (region: string, seq: number) => lab.askRegion(region, 'GET', readPath('test', seq));
const arrives = (region: string, seq: number) =>
  until(`write ${seq} in ${region}`, async () => (await read(region, seq)).status === 200);

async function databasePids(region: string): Promise<number[]> {
  const { processes } = await lab.daemon.call('status', {});
  return processes.filter(({ what }) => what.startsWith(`${region} database`)).map(({ pid }) => pid);
}

test('a living primary is not promoted over', async () => {
  await expect(promote(STANDBY, PRIMARY, 1)).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringContaining('eu-west-1 is not fenced'),
  });
});

test('a killed region leaves no process behind, and its load balancer refuses', async () => {
  await until('writes are taken', async () => (await write(PRIMARY, 1)).status === 201);
  await Promise.all([arrives(STANDBY, 1), arrives(FAR, 1)]);
  const { processes } = await lab.daemon.call('status', {});
  const pids = processes.filter(({ what }) => what.startsWith(PRIMARY)).map(({ pid }) => pid);
  const { loadBalancerPort } = await lab.daemon.call('regions.status', { ...scope, region: PRIMARY });
  expect(pids.length).toBeGreaterThan(5);
  const fault = { kind: 'kill-region', region: PRIMARY } as const;
  const { at } = await lab.daemon.call('faults.inject', { ...scope, id: 'drill', fault });
  expect(pids.filter(isAlive)).toEqual([]);
  expect(await isListening(loadBalancerPort)).toBe(false);
  expect(await lab.daemon.call('faults.inject', { ...scope, id: 'drill', fault })).toEqual({ at });
  expect(await lab.daemon.call('regions.status', { ...scope, region: PRIMARY })).toMatchObject({
    up: false,
    services: [{ service: 'api', tasksHealthy: 0, tasksWanted: 1 }],
  });
  expect(await status(PRIMARY)).toMatchObject({ reachable: false, role: 'unknown' });
});

test('the lag of a standby whose primary is gone is unknown, not zero', async () => {
  const seen = await status(STANDBY);
  expect(seen).toMatchObject({ reachable: true, role: 'standby' });
  expect(seen.lagMs).toBeUndefined();
});

test('a region without power takes no stack', async () => {
  const deployment = new SampleDeployment(lab.daemon, { regions: REGIONS });
  await expect(deployment.apply(PRIMARY, 'base', { generation: 2 })).rejects.toMatchObject({
    type: 'Platform.Unavailable',
  });
});

test('a promotion that expects another primary is refused', async () => {
  await expect(promote(STANDBY, FAR, 2)).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringContaining('us-east-1 is not the primary of orders; it is eu-west-1'),
  });
});

test('a fenced and lost primary is replaced by the standby, which takes writes; an older epoch is refused', async () => {
  const receipt = await fence(PRIMARY, 2);
  expect(receipt).toMatchObject({ kind: 'processes-gone', region: PRIMARY, epoch: 2 });
  expect(await fence(PRIMARY, 2)).toEqual(receipt);
  await expect(promote(STANDBY, PRIMARY, 1)).rejects.toMatchObject({ type: 'Platform.StaleEpoch' });
  await expect(
    lab.daemon.call('traffic.shift', { ...scope, hostname: HOSTNAME, to: STANDBY, drain: [PRIMARY], epoch: 2 }),
  ).rejects.toMatchObject({ type: 'Platform.Refused', message: expect.stringContaining('promote eu-central-1 first') });
  expect(await promote(STANDBY, PRIMARY, 2)).toMatchObject({ role: 'primary', timeline: 2 });
  expect(await promote(STANDBY, PRIMARY, 2)).toMatchObject({ role: 'primary', timeline: 2 });
  await lab.daemon.call('traffic.shift', { ...scope, hostname: HOSTNAME, to: STANDBY, drain: [PRIMARY], epoch: 2 });
  await until('the new primary takes writes', async () => (await write(STANDBY, 2)).status === 201);
  expect((await read(STANDBY, 1)).status).toBe(200);
  await expect(fence(STANDBY, 1)).rejects.toMatchObject({ type: 'Platform.StaleEpoch' });
});

test('the other standby follows the new primary, and its writes go there', async () => {
  await arrives(FAR, 2);
  await until('writes through the far region', async () => (await write(FAR, 3)).status === 201);
  expect((await read(STANDBY, 3)).status).toBe(200);
  expect(await status(FAR)).toMatchObject({ role: 'standby', timeline: 2, tls: true });
});

test('a region that gets its power back runs its services, and its database only after a rejoin', async () => {
  await lab.daemon.call('faults.undo', { ...scope, id: 'drill' });
  expect((await lab.askRegion(PRIMARY, 'GET', '/health/live')).status).toBe(200);
  expect((await lab.askRegion(PRIMARY, 'GET', '/health/ready')).status).toBe(503);
  expect(await databasePids(PRIMARY)).toEqual([]);
  const rejoined = await rejoin(PRIMARY, 2);
  expect(rejoined).toMatchObject({ reachable: true, role: 'standby' });
  await arrives(PRIMARY, 3);
  const compared = await lab.daemon.call('data.compare', { ...store, regions: REGIONS });
  expect(compared.consistent).toBe(true);
  expect(compared.regions.map(({ rows }) => rows)).toEqual([3, 3, 3]);
});

test('a fence that comes a second time, after the rejoin, is refused and stops nothing', async () => {
  const pids = await databasePids(PRIMARY);
  expect(pids.length).toBeGreaterThan(3);
  await expect(fence(PRIMARY, 2)).rejects.toMatchObject({
    type: 'Platform.StaleEpoch',
    message: expect.stringContaining('eu-west-1 has rejoined in epoch 2'),
  });
  expect(pids.filter(isAlive)).toEqual(pids);
  expect(await status(PRIMARY)).toMatchObject({ reachable: true, role: 'standby' });
});

test('a switchover stops the living primary in order and loses nothing', async () => {
  const pids = await databasePids(STANDBY);
  expect(await fence(STANDBY, 3)).toMatchObject({ kind: 'stopped-cleanly', region: STANDBY, epoch: 3 });
  expect(pids.length).toBeGreaterThan(3);
  expect(pids.filter(isAlive)).toEqual([]);
  await promote(PRIMARY, STANDBY, 3);
  await lab.daemon.call('traffic.shift', { ...scope, hostname: HOSTNAME, to: PRIMARY, drain: [], epoch: 3 });
  // of the first failover, very late: that region takes writes again
  await expect(fence(PRIMARY, 2)).rejects.toMatchObject({ type: 'Platform.StaleEpoch' });
  await rejoin(STANDBY, 3);
  await until('the first primary takes writes again', async () => (await write(FAR, 4)).status === 201);
  await Promise.all([arrives(PRIMARY, 4), arrives(STANDBY, 4), arrives(FAR, 4)]);
});

test('a standby that holds less of the log than another is not promoted', async () => {
  const cut = { kind: 'cut-link', from: FAR, to: PRIMARY } as const;
  await lab.daemon.call('faults.inject', { ...scope, id: 'cut', fault: cut });
  await until('a write that the far region misses', async () => (await write(PRIMARY, 5)).status === 201);
  await arrives(STANDBY, 5);
  expect((await read(FAR, 5)).status).toBe(404);
  await fence(PRIMARY, 4);
  await expect(promote(FAR, PRIMARY, 4)).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringMatching(/us-east-1 is at 0\/\w+, but eu-central-1 is at 0\/\w+: promote eu-central-1/),
  });
  await lab.daemon.call('faults.undo', { ...scope, id: 'cut' });
});

test('a failover that was called off gives the primary its processes back, with its data', async () => {
  const back = await rejoin(PRIMARY, 4);
  expect(back).toMatchObject({ role: 'primary' });
  await until('the primary takes writes', async () => (await write(PRIMARY, 6)).status === 201);
  await Promise.all([arrives(STANDBY, 6), arrives(FAR, 6)]);
});

test('a fence that never was and comes after the rejoin of its epoch is refused', async () => {
  await rejoin(FAR, 5);
  const pids = await databasePids(FAR);
  await expect(fence(FAR, 5)).rejects.toMatchObject({
    type: 'Platform.StaleEpoch',
    message: expect.stringContaining('us-east-1 has rejoined in epoch 5'),
  });
  expect(pids.filter(isAlive)).toEqual(pids);
});

test('the application’s user reaches a database of the region directly, with TLS', async () => {
  const { caCertificate, ...connection } = await lab.daemon.call('data.connection', { ...store, region: FAR });
  const client = new Client({ ...connection, ssl: { ca: caCertificate } });
  await client.connect();
  const { rows } = await client.query('select pg_is_in_recovery() as standby');
  await client.end();
  expect(rows).toEqual([{ standby: true }]);
  await expect(new Client({ ...connection, ssl: false }).connect()).rejects.toThrow(/no encryption/);
});
