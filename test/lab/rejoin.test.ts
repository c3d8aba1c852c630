import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Client } from 'pg';
import type { DivergentRow } from '../../contracts/replication';
import type { LabFault } from '../../lab/daemon/daemon-protocol';
import { markedProcesses } from '../../lab/processes/marked-processes';
import { labIdOf, startTestLab, stopTestLabs, type TestLab, until } from './running-lab';
import { PRIMARY, SampleDeployment, STANDBY, scope, store } from './sample-deployment';

/** One story on one deployment: each test starts from where the one before ended. */
const REGIONS = [PRIMARY, STANDBY];
const TAKEN_WITHIN_MS = 20_000;
const TABLES = `
  create table items (id int primary key, name text, big numeric);
  create table "Odd ""Name" ("Key ""x" bigint, part text, "It's" jsonb, primary key (part, "Key ""x"));
  create table notes (text text);
  insert into items values (1, 'one', 1.50), (2, 'two', 2), (3, 'three', 3);
  insert into notes values ('twice');`;

let lab: TestLab;

beforeAll(async () => {
  lab = await startTestLab();
  await new SampleDeployment(lab.daemon, { regions: REGIONS }).applyAll('base', 'connectivity', 'data', 'preview');
  await in_(PRIMARY, (client) => client.query(TABLES));
  await follows(STANDBY);
  await lab.daemon.call('data.automate', { ...store, chain: REGIONS, automation: 'automatic' });
}, 60_000);
afterAll(stopTestLabs);

const inject = (id: string, fault: LabFault) => lab.daemon.call('faults.inject', { ...scope, id, fault });
const undo = (id: string) => lab.daemon.call('faults.undo', { ...scope, id });
const other = (region: string) => (region === PRIMARY ? STANDBY : PRIMARY);
const epoch = async () => (await lab.daemon.call('data.lease', store)).lease?.epoch ?? 0;
const rejoin = async (region: string) => lab.daemon.call('data.rejoin', { ...store, region, epoch: await epoch() });
const folderOf = (kept: string) => kept.split(' in ')[0] ?? '';

async function connect(region: string): Promise<Client> {
  const { caCertificate, ...to } = await lab.daemon.call('data.connection', { ...store, region });
  const client = new Client({ ...to, ssl: { ca: caCertificate } });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function in_<R>(region: string, work: (client: Client) => Promise<R>): Promise<R> {
  const client = await connect(region);
  return work(client).finally(() => client.end().catch(() => undefined));
}

async function holder(): Promise<string> {
  const { lease } = await lab.daemon.call('data.lease', store);
  if (!lease?.holder) throw new Error('nobody holds the lease');
  return lease.holder;
}

const follows = (region: string) =>
  until(`${region} has it all`, async () => {
    const status = await lab.daemon.call('data.status', { ...store, region });
    return status.role === 'standby' && status.lagMs === 0;
  });

const agree = () => lab.daemon.call('data.compare', { ...store, regions: REGIONS });

/** Cuts the primary off, and writes to it what nobody else receives. Returns once the other region takes writes. */
async function diverge(id: string, writes: string): Promise<{ from: string; to: string }> {
  const from = await holder();
  const to = other(from);
  const before = await epoch();
  await follows(to);
  await in_(from, async (client) => {
    await inject(id, { kind: 'cut-region', region: from });
    await client.query(writes);
  });
  await until('somebody takes over', async () => (await epoch()) > before, TAKEN_WITHIN_MS);
  await until(
    'writes are taken',
    () =>
      in_(to, (client) => client.query('create table if not exists taken ()')).then(
        () => true,
        () => false,
      ),
    TAKEN_WITHIN_MS,
  );
  return { from, to };
}

const byKey = (rows: DivergentRow[] = []) =>
  [...rows].sort((one, two) => `${one.table}${one.key}`.localeCompare(`${two.table}${two.key}`));

test('a primary that was handed over returns on the data that it has, and nothing has diverged', async () => {
  const from = await holder();
  const to = other(from);
  await lab.daemon.call('data.handOver', { ...store, from, to, epoch: (await epoch()) + 1 });
  await in_(to, (client) => client.query(`insert into items values (4, 'four', 4)`));
  const startedMs = performance.now();
  const { divergence, role } = await rejoin(from);
  const tookMs = performance.now() - startedMs;
  expect({ role, divergence }).toMatchObject({
    role: 'standby',
    divergence: { rows: [], complete: true, kept: expect.stringContaining('runs on it') },
  });
  expect(tookMs).toBeLessThan(3_000);
  await follows(from);
  expect(await agree()).toMatchObject({ consistent: true });
});

test('what only a primary that was cut off took is found and kept, and one history remains', async () => {
  const { from, to } = await diverge(
    'alone',
    `insert into items values (10, 'only here', 12345678901234567890.5);
     insert into items values (11, 'other there', 0);
     insert into items values (12, 'same', 0);
     update items set name = 'changed here' where id = 2;
     insert into "Odd ""Name" values (9007199254740993, 'p', '{"a": [1]}');
     insert into notes values ('twice'), ('twice'), ('once');`,
  );
  await in_(to, (client) =>
    client.query(`
      insert into items values (11, 'written there', 0), (12, 'same', 0);
      update items set name = 'changed since' where id = 3;
      delete from items where id = 1;
      insert into notes values ('once')`),
  );
  await undo('alone');
  const { divergence, role } = await rejoin(from);
  expect(role).toBe('standby');
  expect(divergence).toMatchObject({ complete: true });
  const twice = { table: 'public.notes', key: expect.stringContaining('md5'), old: { text: 'twice' } };
  expect(byKey(divergence?.rows)).toEqual(
    byKey([
      { table: 'public.items', key: '{"id": 10}', old: { id: 10, name: 'only here', big: '12345678901234567890.5' } },
      {
        ...{ table: 'public.items', key: '{"id": 11}', old: { id: 11, name: 'other there', big: 0 } },
        present: { id: 11, name: 'written there', big: 0 },
      },
      {
        ...{ table: 'public.items', key: '{"id": 2}', old: { id: 2, name: 'changed here', big: 2 } },
        present: { id: 2, name: 'two', big: 2 },
      },
      {
        ...{ table: 'public."Odd ""Name"', key: '{"part": "p", "Key \\"x": 9007199254740993}' },
        old: { part: 'p', 'Key "x': '9007199254740993', "It's": { a: [1] } },
      },
      twice,
      twice,
    ]),
  );
  expect(existsSync(folderOf(divergence?.kept ?? ''))).toBe(true);
  await follows(from);
  expect(await agree()).toMatchObject({ consistent: true });
  expect((await rejoin(from)).divergence).toEqual(divergence);
}, 60_000);

test('old data that is killed while it is compared stays, and repeating completes; more than can be listed is said', async () => {
  const { from, to } = await diverge(
    'again',
    `insert into items select n, 'lost ' || n, 0 from generate_series(20, 2519) as n`,
  );
  await undo('again');
  const ofThisLab = (pid: number) => markedProcesses(`${labIdOf(lab)}/`).includes(pid);
  const isolated = () => markedProcesses('/before/orders/').filter(ofThisLab);
  const failed = await in_(to, async (client) => {
    // the comparison waits here, with the old data running
    await client.query('begin; lock table items in access exclusive mode');
    const rejoining = rejoin(from).then(
      () => undefined,
      (error: unknown) => error,
    );
    await until('the comparison waits', async () => {
      const waiting = `select 1 from pg_locks where not granted and relation = 'items'::regclass`;
      return (await client.query(waiting)).rows.length > 0;
    });
    const pids = isolated();
    expect(pids).not.toEqual([]);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await client.query('rollback');
    return rejoining;
  });
  expect(failed).toMatchObject({ type: 'Platform.Unavailable', message: expect.stringContaining('was not compared') });
  expect(await holder()).toBe(to);
  const { divergence, role } = await rejoin(from);
  expect(role).toBe('standby');
  expect(divergence).toMatchObject({
    complete: false,
    kept: expect.stringContaining('more rows differ than are listed'),
  });
  expect(divergence?.rows).toHaveLength(2_000);
  const first = { id: 20, name: 'lost 20', big: 0 };
  expect(divergence?.rows).toContainEqual({ table: 'public.items', key: '{"id": 20}', old: first });
  expect(isolated()).toEqual([]);
}, 60_000);

test('what only the old primary took is told in the end, though the first copy that takes its place never follows', async () => {
  const { from, to } = await diverge('half', `insert into items values (5000, 'told late', 0)`);
  await undo('half');
  await inject('apart', { kind: 'cut-link', from: to, to: from });
  await expect(rejoin(from)).rejects.toThrow(/streams/);
  await undo('apart');
  const claimed = (await epoch()) + 1;
  const { divergence } = await lab.daemon.call('data.rejoin', { ...store, region: from, epoch: claimed });
  const row = { id: 5000, name: 'told late', big: 0 };
  expect(divergence?.rows).toEqual([{ table: 'public.items', key: '{"id": 5000}', old: row }]);
  expect(divergence?.complete).toBe(true);
  expect(existsSync(folderOf(divergence?.kept ?? ''))).toBe(true);
}, 60_000);

test('old data that does not start is kept and said to be so; the two newest are kept', async () => {
  const from = await holder();
  const before = await epoch();
  await inject('disk', { kind: 'kill-database', region: from, store: 'orders', comesBack: false });
  await until('somebody takes over', async () => (await epoch()) > before, TAKEN_WITHIN_MS);
  const { divergence, role } = await rejoin(from);
  await undo('disk');
  expect(role).toBe('standby');
  expect(divergence).toMatchObject({
    rows: [],
    complete: false,
    kept: expect.stringContaining('could not be started'),
  });
  const kept = folderOf(divergence?.kept ?? '');
  const all = readdirSync(dirname(kept)).filter((name) => name.includes('.before-'));
  expect(all).toContain(basename(kept));
  expect(all.length).toBeLessThanOrEqual(2);
  await follows(from);
  expect(await agree()).toMatchObject({ consistent: true });
}, 60_000);

test('a standby that follows goes on as it is, in a newer epoch too', async () => {
  const region = other(await holder());
  const pids = async () => {
    const { processes } = await lab.daemon.call('status', {});
    return processes.filter(({ what }) => what === `${region} database orders`).map(({ pid }) => pid);
  };
  const before = await pids();
  const claimed = (await epoch()) + 2;
  const { divergence, role } = await lab.daemon.call('data.rejoin', { ...store, region, epoch: claimed });
  expect({ role, divergence }).toMatchObject({ role: 'standby', divergence: { rows: [], complete: true } });
  expect(before).not.toEqual([]);
  expect(await pids()).toEqual(before);
});
