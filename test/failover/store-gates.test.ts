import { setTimeout as sleep } from 'node:timers/promises';
import type { KeptDatabase } from '../../failover/keeper/kept-database';
import { type PeerPorts, StoreGates, type StorePorts } from '../../failover/keeper/store-gates';
import { StoreKeeper } from '../../failover/keeper/store-keeper';
import type { LeaseStore } from '../../failover/lease-store/lease-store';
import type { Lease } from '../../failover/protocol/lease';
import { serveMs, type Timing } from '../../failover/protocol/timing';
import { freePort } from '../support/free-port';
import { aWhile, connectTo, type End, FarEnd, until } from './gate-ends';

/**
 * The gates of a real keeper whose clock is moved by hand and whose timers do not run: a keeper that was frozen finds
 * bytes on its sockets before its next tick, and nothing but the clock is between them and the database.
 */
const TIMING: Timing = { leaseMs: 3_000, renewEveryMs: 500, drift: 0.01, killMs: 250 };
const WAYS = ['writer', 'endpoint', 'read', 'replication'] as const;
type Way = (typeof WAYS)[number];

let now: number;
let promoted: Promise<void>;
let lease: Lease;
let here: FarEnd;
let elsewhere: FarEnd;
let ports: StorePorts;
let peers: Record<string, PeerPorts>;
let keeper: StoreKeeper;
let gates: StoreGates;
const clients: End[] = [];

const database: KeptDatabase = {
  onDeath: () => undefined,
  start: async () => undefined,
  prepare: async () => undefined,
  promote: () => promoted,
  stop: async () => ({ clean: true }),
  kill: async () => undefined,
  checkpoint: async () => undefined,
  awaitQuiet: async () => undefined,
  awaitReplicated: async () => ({ timeline: 1, bytes: 1n }),
  describe: async () => ({ role: 'none' }),
  keepSynchronous: async () => undefined,
};

const leases: LeaseStore = {
  read: async () => lease,
  prepare: async () => undefined,
  change: async (_, change) => {
    const next = change(lease);
    if (!next) return { outcome: 'refused', lease };
    lease = next;
    return { outcome: 'changed', lease };
  },
  close: () => undefined,
};

beforeEach(async () => {
  now = 1_000;
  promoted = Promise.resolve();
  lease = { holder: 'a', epoch: 1, renewal: 0 };
  here = new FarEnd();
  elsewhere = new FarEnd();
  const [writer, endpoint, read, replication, upstream] = await Promise.all(Array.from({ length: 5 }, freePort));
  ports = { writer, endpoint, read, replication, upstream, database: await here.listen() } as StorePorts;
  const far = await elsewhere.listen();
  peers = { b: { writer: far, replication: far } };
  keeper = new StoreKeeper({
    ...{ region: 'a', key: 'orders', timing: TIMING, leases, database, now: () => now },
    warnSuccessor: () => undefined,
    tellSuccessor: async () => false,
    tellOthers: () => undefined,
    ...{ onHolder: () => gates.holderChanged(), onServing: () => gates.holderServes() },
    ...{ hold: (held) => gates.hold(held), log: () => undefined },
  });
  gates = new StoreGates('a', ports, () => peers, keeper);
  await gates.listen();
});
afterEach(() => {
  jest.restoreAllMocks();
  keeper.end();
  for (const { socket } of clients.splice(0)) socket.destroy();
  gates.close();
  here.close();
  elsewhere.close();
});

async function serving(): Promise<void> {
  keeper.appointed(1);
  await until('it serves', () => keeper.mayServe());
}

async function client(way: keyof StorePorts): Promise<End> {
  const end = await connectTo(ports[way]);
  clients.push(end);
  return end;
}

async function connected(way: Way): Promise<{ near: End; far: End }> {
  const near = await client(way);
  near.send('hello');
  await until('the database is reached', () => here.ends.at(-1)?.received === 'hello');
  return { near, far: here.last };
}

test.each(WAYS)('%s: bytes pass until the lease is over, to the millisecond', async (way) => {
  await serving();
  const { near, far } = await connected(way);
  now += serveMs(TIMING) - 1;
  near.send(' and more');
  await until('the byte passes', () => far.received === 'hello and more');
  far.send('acknowledged');
  await until('the answer passes', () => near.received === 'acknowledged');
});

test.each(WAYS)('%s: no byte of a connection that was open before passes once the lease is over', async (way) => {
  await serving();
  const [asks, answers] = [await connected(way), await connected(way)];
  now += serveMs(TIMING);
  asks.near.send(' late');
  answers.far.send('late');
  await until('all are reset', () => [asks, answers].every(({ near, far }) => near.closed && far.closed));
  expect([asks.far.received, answers.near.received]).toEqual(['hello', '']);
  expect(keeper.mode).toBe('serving');
});

test.each(WAYS)('%s: a new connection is reset once the lease is over', async (way) => {
  await serving();
  now += serveMs(TIMING);
  const near = await client(way);
  await until('it is reset', () => near.closed);
  expect(here.ends).toEqual([]);
});

test('a standby may be read by anybody and written by nobody', async () => {
  const { near, far } = await connected('read');
  far.send('row');
  await until('the answer passes', () => near.received === 'row');
  for (const way of ['writer', 'replication'] as const) {
    const refused = await client(way);
    await until(`${way} is reset`, () => refused.closed);
  }
});

test('a database that is being promoted is not reached once the lease is over, not even to read', async () => {
  promoted = new Promise(() => undefined);
  keeper.appointed(1);
  await until('the lease is proven', () => lease.renewal > 0);
  const { near, far } = await connected('read');
  now += serveMs(TIMING);
  far.send('acknowledged');
  await until('it is reset', () => near.closed);
  expect(near.received).toBe('');
});

test('the endpoint leads to whoever holds the lease; connections to the one before are reset', async () => {
  await serving();
  const { near, far } = await connected('endpoint');
  keeper.leaseChanged({ holder: 'b', epoch: 2, renewal: 0 });
  await until('it is reset', () => near.closed && far.closed);
  const again = await client('endpoint');
  again.send('hello');
  await until('the other region is reached', () => elsewhere.ends.at(-1)?.received === 'hello');
  // the other region's own gate asks for its lease; this one only leads there
  now += serveMs(TIMING);
  again.send(' again');
  await until('the byte passes', () => elsewhere.last.received === 'hello again');
  expect(here.ends).toHaveLength(1);
});

test('ways into this region are reset as soon as it is known that another one has the lease', async () => {
  await serving();
  const open = [await connected('writer'), await connected('replication')];
  keeper.leaseChanged({ holder: 'b', epoch: 2, renewal: 0 });
  await until('they are reset', () => open.every(({ near, far }) => near.closed && far.closed));
});

test('the way upstream leads to the holder elsewhere, and nowhere while this region holds the lease', async () => {
  await serving();
  const refused = await client('upstream');
  await until('it is reset', () => refused.closed);
  keeper.leaseChanged({ holder: 'b', epoch: 2, renewal: 0 });
  now += 1_000;
  const standby = await client('upstream');
  standby.send('hello');
  await until('the holder is reached', () => elsewhere.ends.at(-1)?.received === 'hello');
});

test('a standby is put off until the new holder takes writes', async () => {
  await serving();
  keeper.leaseChanged({ holder: 'b', epoch: 2, renewal: 0 });
  const early = await client('upstream');
  keeper.leaseChanged({ holder: 'b', epoch: 1, renewal: 0 }, true);
  await aWhile();
  expect(early.closed).toBe(false);
  keeper.leaseChanged({ holder: 'b', epoch: 2, renewal: 1 }, true);
  await until('it may ask again', () => early.closed);
  const standby = await client('upstream');
  standby.send('hello');
  await until('the holder is reached', () => elsewhere.ends.at(-1)?.received === 'hello');
  keeper.leaseChanged({ holder: 'b', epoch: 2, renewal: 2 }, true);
  await aWhile();
  expect(standby.closed).toBe(false);
});

test('a standby that was put off is reset in time although nobody says that the new holder takes writes', async () => {
  await serving();
  keeper.leaseChanged({ holder: 'b', epoch: 2, renewal: 0 });
  const waiting = await client('upstream');
  await until('it may ask again', () => waiting.closed);
  now += 1_000;
  (await client('upstream')).send('hello');
  await until('the holder is reached', () => elsewhere.ends.at(-1)?.received === 'hello');
});

test('a standby that asks right after that word is reset once, one that asks later is not', async () => {
  await serving();
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  keeper.leaseChanged({ holder: 'b', epoch: 2, renewal: 0 });
  keeper.leaseChanged({ holder: 'b', epoch: 2, renewal: 0 }, true);
  const onItsWay = await client('upstream');
  await until('it asks again', () => onItsWay.closed);
  const again = await client('upstream');
  again.send('hello');
  await until('the holder is reached', () => elsewhere.ends.at(-1)?.received === 'hello');
  keeper.leaseChanged({ holder: 'c', epoch: 3, renewal: 0 });
  keeper.leaseChanged({ holder: 'b', epoch: 4, renewal: 0 }, true);
  clock.mockReturnValue(1_000);
  (await client('upstream')).send('later');
  await until('the holder is reached', () => elsewhere.ends.at(-1)?.received === 'later');
});

test('while a hand-over holds, writes wait and the log still goes to standbys', async () => {
  await serving();
  const [writer, endpoint, standby] = [
    await connected('writer'),
    await connected('endpoint'),
    await connected('replication'),
  ];
  gates.hold(true);
  for (const { near } of [writer, endpoint, standby]) near.send(' more');
  await until('the standby goes on', () => standby.far.received === 'hello more');
  await sleep(50);
  expect([writer.far.received, endpoint.far.received]).toEqual(['hello', 'hello']);
  gates.hold(false);
  await until('writes go on', () => [writer, endpoint].every(({ far }) => far.received === 'hello more'));
});
