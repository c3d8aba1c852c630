import { Client } from 'pg';
import { readPath, writePath } from '../../contracts/probe-contract';
import { startTestLab, type TestLab, until } from './running-lab';
import { FAR, PRIMARY, SampleDeployment, type SampleOptions, STANDBY, scope } from './sample-deployment';

/** One story on one deployment: each test starts from where the one before ended. */
let lab: TestLab;
const REGIONS = [PRIMARY, STANDBY, FAR];
const HOSTNAME = 'preview-orders.example.com';
const ORDERS = { name: 'orders', engine: 'postgresql' };
const CARTS = { name: 'carts', engine: 'postgresql' };
const uses = { image: 'meridian/sample-orders:1.0', tasks: 1, uses: ['orders'] };
const services = [
  { name: 'api', ...uses },
  { name: 'admin', ...uses },
];

const deployment = (options: SampleOptions = {}) =>
  new SampleDeployment(lab.daemon, { regions: REGIONS, services, dataStores: [ORDERS, CARTS], ...options });

beforeAll(async () => {
  lab = await startTestLab();
  await deployment().applyAll('base', 'connectivity', 'data', 'preview');
});
afterAll(() => lab.stop());

const at = (store: string, region: string) => ({ ...scope, store, region });
const fence = (store: string, region: string, epoch: number) =>
  lab.daemon.call('data.fence', { ...at(store, region), epoch });
const promote = (store: string, region: string, expectedPrimary: string, epoch: number) =>
  lab.daemon.call('data.promote', { ...at(store, region), expectedPrimary, epoch });
const rejoin = (store: string, region: string, epoch: number) =>
  lab.daemon.call('data.rejoin', { ...at(store, region), epoch });
const role = async (store: string, region: string) => (await lab.daemon.call('data.status', at(store, region))).role;
const shift = (to: string, epoch: number) =>
  lab.daemon.call('traffic.shift', { ...scope, hostname: HOSTNAME, to, drain: [], epoch });
const write = async (region: string, seq: number) =>
  (await lab.askRegion(region, 'PUT', writePath('test', seq))).status;
const read = async (region: string, seq: number) => (await lab.askRegion(region, 'GET', readPath('test', seq))).status;

async function queryCarts(text: string): Promise<unknown[]> {
  const { caCertificate, ...connection } = await lab.daemon.call('data.connection', at('carts', PRIMARY));
  const client = new Client({ ...connection, ssl: { ca: caCertificate } });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

test('services that use one store have the same ports of it', async () => {
  await until('writes are taken', async () => (await write(PRIMARY, 1)) === 201);
  await until('the write is read', async () => (await read(PRIMARY, 1)) === 200);
});

test('a template that no longer has a database is refused, and the database keeps its data', async () => {
  await queryCarts('create table kept (id int)');
  await queryCarts('insert into kept values (7)');
  const before = await lab.daemon.call('stacks.describe', { ref: deployment().stack(PRIMARY, 'data').ref });
  await expect(deployment({ dataStores: [ORDERS], generation: 2 }).apply(PRIMARY, 'data')).rejects.toMatchObject({
    type: 'Platform.Refused',
    message:
      'database carts is not in the template any more; a change never destroys data: retire the deployment, or keep it',
  });
  expect(await queryCarts('select id from kept')).toEqual([{ id: 7 }]);
  expect(await lab.daemon.call('stacks.describe', { ref: before.ref })).toEqual(before);
});

test('a stack that publishes a hostname does not take it away for another one', async () => {
  const { regions } = await lab.daemon.call('traffic.resolve', { hostname: HOSTNAME });
  expect(regions).not.toEqual([]);
  const renamed = deployment({ hostname: 'shop.example.com', generation: 2 });
  const preview = renamed.stacks.find(({ ref }) => ref.kind === 'preview');
  if (!preview) throw new Error('no preview stack');
  await expect(renamed.applyStack(preview)).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringContaining(`publishes ${HOSTNAME}; a change never takes a hostname away`),
  });
  expect(await lab.daemon.call('traffic.resolve', { hostname: HOSTNAME })).toEqual({ regions });
});

test('traffic waits for every store: a shift names the one whose primary is elsewhere', async () => {
  await fence('orders', PRIMARY, 2);
  await promote('orders', STANDBY, PRIMARY, 2);
  expect(await role('carts', PRIMARY)).toBe('primary');
  await expect(shift(STANDBY, 2)).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: `to: the primary of store carts is ${PRIMARY}, not ${STANDBY}; promote ${STANDBY} first`,
    details: { resource: 'carts' },
  });
  await fence('carts', PRIMARY, 2);
  await promote('carts', STANDBY, PRIMARY, 2);
  await shift(STANDBY, 2);
  await rejoin('carts', PRIMARY, 2);
  await rejoin('orders', PRIMARY, 2);
  await until('writes go to the new primary', async () => (await write(FAR, 2)) === 201);
  await until('the old primary follows', async () => (await read(PRIMARY, 2)) === 200);
  expect(await Promise.all([role('orders', PRIMARY), role('carts', PRIMARY)])).toEqual(['standby', 'standby']);
});

test('a killed region takes both primaries, and both come back one after the other', async () => {
  const fault = { kind: 'kill-region', region: STANDBY } as const;
  await lab.daemon.call('faults.inject', { ...scope, id: 'drill', fault });
  expect(await Promise.all([role('orders', STANDBY), role('carts', STANDBY)])).toEqual(['unknown', 'unknown']);
  await Promise.all([fence('carts', STANDBY, 3), fence('orders', STANDBY, 3)]);
  await Promise.all([promote('carts', PRIMARY, STANDBY, 3), promote('orders', PRIMARY, STANDBY, 3)]);
  await shift(PRIMARY, 3);
  await lab.daemon.call('faults.undo', { ...scope, id: 'drill' });
  await Promise.all([rejoin('orders', STANDBY, 3), rejoin('carts', STANDBY, 3)]);
  await until('writes are taken again', async () => (await write(FAR, 3)) === 201);
  await until('the killed region follows', async () => (await read(STANDBY, 3)) === 200);
  for (const store of ['orders', 'carts']) {
    await until(`${store} agrees everywhere`, async () => {
      const { consistent } = await lab.daemon.call('data.compare', { ...scope, store, regions: REGIONS });
      return consistent;
    });
  }
  expect(await queryCarts('select id from kept')).toEqual([{ id: 7 }]);
});
