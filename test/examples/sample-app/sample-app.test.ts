import { setTimeout as sleep } from 'node:timers/promises';
import {
  LIVE_PATH,
  PROBE_TABLE,
  READY_PATH,
  readPath,
  TIMED_READ_PATH,
  writePath,
} from '../../../contracts/probe-contract';
import { readSettings } from '../../../examples/sample-app/settings';
import { memoryOf } from '../../../lab/processes/memory';
import { TestApp, untilStatus } from './test-app';
import { TestPostgres } from './test-postgres';

let postgres: TestPostgres;
const apps: TestApp[] = [];

async function start(environment: Record<string, string> = {}): Promise<TestApp> {
  const app = await TestApp.start(environment);
  apps.push(app);
  return app;
}

beforeAll(async () => {
  postgres = await TestPostgres.create();
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
});
afterAll(() => postgres.remove());

/** Returns once nobody else can write the probe's table, or use it at all; `over` resolves when that is over. */
async function lockedForASecond(
  mode: 'exclusive' | 'access exclusive' = 'exclusive',
): Promise<{ over: Promise<unknown> }> {
  const over = postgres.query(`do $$ begin lock table ${PROBE_TABLE} in ${mode} mode; perform pg_sleep(1); end $$`);
  const held = `select 1 from pg_locks where granted and mode in ('ExclusiveLock', 'AccessExclusiveLock') and relation = '${PROBE_TABLE}'::regclass`;
  while ((await postgres.query(held)).length === 0) await sleep(10);
  return { over };
}

describe('the sample application', () => {
  it('is ready without a data store, and refuses what would need one', async () => {
    const app = await start();
    expect((await app.send('GET', LIVE_PATH)).status).toBe(200);
    expect((await app.send('GET', READY_PATH)).status).toBe(200);
    expect((await app.send('POST', '/orders', { item: 'tea', quantity: 1 })).status).toBe(503);
  });

  it('lives without the databases that it was told of, but is not ready and says why', async () => {
    const dark = { ORDERS_HOST: '127.0.0.1', ORDERS_PORT: '9', ORDERS_READ_HOST: '127.0.0.1', ORDERS_READ_PORT: '9' };
    const app = await start(dark);
    expect((await app.send('GET', LIVE_PATH)).status).toBe(200);
    const ready = await app.send('GET', READY_PATH);
    expect(ready.status).toBe(503);
    expect(ready.body.reasons).toEqual([
      expect.stringMatching(/^read endpoint: .*ECONNREFUSED/),
      expect.stringMatching(/^writer endpoint: .*ECONNREFUSED/),
    ]);
    expect((await app.send('POST', '/orders', { item: 'tea', quantity: 1 })).status).toBe(503);
  });

  it('says which region and version it is', async () => {
    const app = await start({ SAMPLE_VARIANT: '1.0' });
    const { body, headers } = await app.send('GET', '/');
    expect(body).toEqual({ application: 'sample-orders', region: 'eu-west-1', version: '1.0' });
    expect(headers.get('x-meridian-region')).toBe('eu-west-1');
  });

  it('takes, finds and lists orders', async () => {
    const app = await start(postgres.environment());
    const placed = await app.send('POST', '/orders', { item: 'tea', quantity: 2 });
    expect(placed).toMatchObject({ status: 201, body: { order: { item: 'tea', quantity: 2 } } });
    const found = await app.send('GET', placed.headers.get('location')!);
    expect(found.body).toEqual(placed.body);
    await app.send('POST', '/orders', { item: 'coffee', quantity: 1 });
    const listed = await app.send('GET', '/orders?limit=1');
    expect(listed.body.orders).toMatchObject([{ item: 'coffee' }]);
    expect((await app.send('GET', '/orders/999999')).status).toBe(404);
  });

  it.each([
    [{ quantity: 1 }, 'item: got nothing; valid is a text that is not empty'],
    [{ item: 'tea', quantity: 0 }, 'quantity: got 0; valid is a whole number from 1'],
    ['{', 'body is not JSON'],
  ])('refuses the order %j', async (order, why) => {
    const app = await start(postgres.environment());
    const reply = await app.send('POST', '/orders', order);
    expect(reply.status).toBe(400);
    expect(reply.body.error).toContain(why);
  });

  it('acknowledges a numbered write only when it is committed, and a repeated one again', async () => {
    const app = await start(postgres.environment());
    for (const _ of [1, 2]) expect((await app.send('PUT', writePath('w%201', 7))).status).toBe(201);
    const rows = await postgres.query(`select writer, seq from ${PROBE_TABLE} where writer = 'w 1'`);
    expect(rows).toEqual([{ writer: 'w 1', seq: '7' }]);
    expect((await app.send('GET', readPath('w%201', 7))).status).toBe(200);
    expect((await app.send('GET', readPath('w%201', 8))).status).toBe(404);
    expect((await app.send('GET', TIMED_READ_PATH)).status).toBe(200);
    expect((await app.send('PUT', writePath('w', Number.NaN))).status).toBe(400);
  });

  it('several tasks make the tables at the same moment', async () => {
    await postgres.query(`drop table if exists orders, ${PROBE_TABLE}`);
    const started = await Promise.all([1, 2, 3].map(() => start(postgres.environment())));
    const written = await Promise.all(started.map((app, index) => app.send('PUT', writePath('many', index))));
    expect(written.map(({ status }) => status)).toEqual([201, 201, 201]);
  });

  it('begins no write that nobody waits for any more', async () => {
    const app = await start(postgres.environment());
    await app.send('PUT', writePath('gone', 0));
    const { over } = await lockedForASecond();
    const impatient = Array.from({ length: 30 }, (_, seq) =>
      app.send('PUT', writePath('gone', 1 + seq), undefined, AbortSignal.timeout(300)).catch(() => undefined),
    );
    expect(await Promise.all(impatient)).toEqual(impatient.map(() => undefined));
    await over;
    expect((await app.send('PUT', writePath('gone', 99))).status).toBe(201);
    const [row] = await postgres.query(`select count(*)::int as rows from ${PROBE_TABLE} where writer = 'gone'`);
    // the first, the last, and those that the ten connections of its pool had begun
    expect(row?.rows).toBeLessThanOrEqual(12);
  });

  it('refuses at once what would wait behind too many, and serves the others', async () => {
    const app = await start(postgres.environment());
    await app.send('PUT', writePath('many', 0));
    const { over } = await lockedForASecond();
    const writes = Array.from({ length: 80 }, (_, seq) => app.send('PUT', writePath('many', seq)));
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    await over;
    const [done, refused] = [201, 503].map((wanted) => statuses.filter((status) => status === wanted).length);
    // ten connections, forty wait
    expect(done).toBeGreaterThanOrEqual(50);
    expect(refused).toBeGreaterThan(0);
    expect((done ?? 0) + (refused ?? 0)).toBe(80);
  });

  it('is ready although so many reads wait that it refuses more', async () => {
    const app = await start(postgres.environment());
    await untilStatus(app, READY_PATH, 200);
    const { over } = await lockedForASecond('access exclusive');
    const reads = Array.from({ length: 60 }, () => app.send('GET', readPath('many', 1)));
    const ready = app.send('GET', READY_PATH);
    expect((await Promise.all(reads)).map(({ status }) => status)).toContain(503);
    expect((await ready).status).toBe(200);
    await over;
  });

  it('survives a crash of its database, refuses meanwhile and goes on after', async () => {
    const app = await start(postgres.environment());
    await untilStatus(app, READY_PATH, 200);
    await postgres.kill();
    const refused = await app.send('PUT', writePath('crash', 1));
    expect([503, 504]).toContain(refused.status);
    expect((await app.send('GET', READY_PATH)).status).toBe(503);
    expect((await app.send('GET', LIVE_PATH)).status).toBe(200);
    await postgres.start();
    await untilStatus(app, READY_PATH, 200);
    expect((await app.send('PUT', writePath('crash', 2))).status).toBe(201);
    expect(app.isRunning()).toBe(true);
  });

  it('survives that its sessions are ended under running queries', async () => {
    const app = await start(postgres.environment());
    await app.send('PUT', writePath('ended', 0));
    const writes = Array.from({ length: 40 }, (_, seq) => app.send('PUT', writePath('ended', seq)));
    await postgres.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()',
    );
    for (const { status } of await Promise.all(writes)) expect([201, 503, 504]).toContain(status);
    // the last sessions may be ended only now
    await untilStatus(app, writePath('ended', 99), 201, 'PUT');
  });

  it('stays ready for reads when only the primary is lost', async () => {
    const other = await TestPostgres.create();
    const app = await start({ ...postgres.environment(), ORDERS_PORT: String(other.port) });
    await untilStatus(app, READY_PATH, 200);
    await other.kill();
    expect((await app.send('PUT', writePath('lost', 1))).status).toBeGreaterThanOrEqual(503);
    expect((await app.send('GET', READY_PATH)).status).toBe(200);
    await other.remove();
  });

  it('ends in order when it is told to', async () => {
    const app = await start(postgres.environment());
    await app.send('PUT', writePath('end', 1));
    expect(await app.stop()).toBe(0);
  });

  it('needs a port', () => {
    expect(() => readSettings({ PORT: 'x' })).toThrow('PORT: "x" is not a port number');
  });

  it('uses little memory', async () => {
    const app = await start(postgres.environment());
    for (let seq = 0; seq < 50; seq++) await app.send('PUT', writePath('memory', seq));
    expect(memoryOf(app.child.pid!)?.rssMb ?? 0).toBeLessThan(90);
  });
});

describe('a sick variant', () => {
  it('never-healthy is never live', async () => {
    const app = await start({ SAMPLE_VARIANT: 'never-healthy' });
    expect((await app.send('GET', LIVE_PATH)).status).toBe(503);
  });

  it('sick-after-8s is live for eight seconds and then no more', async () => {
    const app = await start({ SAMPLE_VARIANT: 'sick-after-8s' });
    expect((await app.send('GET', LIVE_PATH)).status).toBe(200);
    await untilStatus(app, LIVE_PATH, 503);
  });

  it('acks-before-commit acknowledges every write and loses every twentieth', async () => {
    const app = await start({ ...postgres.environment(), SAMPLE_VARIANT: 'acks-before-commit' });
    for (let seq = 1; seq <= 40; seq++) expect((await app.send('PUT', writePath('liar', seq))).status).toBe(201);
    await sleep(500);
    const rows = await postgres.query(`select seq::int from ${PROBE_TABLE} where writer = 'liar' order by seq`);
    const held = rows.map(({ seq }) => seq);
    const lost = Array.from({ length: 40 }, (_, index) => index + 1).filter((seq) => !held.includes(seq));
    expect(lost).toEqual([20, 40]);
  });
});
