import { TcpGate } from '../../failover/keeper/tcp-gate';
import { freePort } from '../support/free-port';
import { aWhile, connectTo, type End, FarEnd, until } from './gate-ends';

let open: boolean;
let target: number | undefined;
let database: FarEnd;
let gate: TcpGate;
let port: number;
const clients: End[] = [];

beforeEach(async () => {
  open = true;
  database = new FarEnd();
  target = await database.listen();
  gate = new TcpGate({ target: () => target, mayPass: () => open });
  port = await freePort();
  await gate.listen(port);
});
afterEach(() => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  gate.close();
  database.close();
});

async function client(): Promise<End> {
  const end = await connectTo(port);
  clients.push(end);
  return end;
}

/** A client whose first byte has reached the database. */
async function connected(): Promise<{ near: End; far: End }> {
  const near = await client();
  near.send('hello');
  await until('the database is reached', () => database.ends.at(-1)?.received === 'hello');
  return { near, far: database.last };
}

test('bytes pass as they are, both ways, while they may', async () => {
  const { near, far } = await connected();
  far.send('welcome');
  await until('the answer comes', () => near.received === 'welcome');
});

test('a byte of a client that was connected before does not pass when it may not any more', async () => {
  const { near, far } = await connected();
  open = false;
  near.send('late');
  await until('both ends are closed', () => near.closed && far.closed);
  expect(far.received).toBe('hello');
});

test('an answer to a client that was connected before does not pass when it may not any more', async () => {
  const { near, far } = await connected();
  open = false;
  far.send('acknowledged');
  await until('both ends are closed', () => near.closed && far.closed);
  expect(near.received).toBe('');
});

test('a connection that was reset stays so when bytes may pass again', async () => {
  const { near, far } = await connected();
  open = false;
  far.send('late');
  await until('it is reset', () => near.closed);
  open = true;
  expect((await connected()).near.closed).toBe(false);
  expect(near.received).toBe('');
});

test.each<[string, () => void]>([
  ['it may not', () => (open = false)],
  ['it leads nowhere', () => (target = undefined)],
])('a new connection is reset when %s', async (_, forbid) => {
  forbid();
  const near = await client();
  await until('it is reset', () => near.closed);
  expect(database.ends).toEqual([]);
});

test('what a client sends waits while the gate holds, also on a new connection; answers pass', async () => {
  const before = await connected();
  gate.hold();
  const after = await client();
  before.near.send(' held');
  after.send('held');
  before.far.send('answered');
  await until('the answer comes', () => before.near.received === 'answered');
  await aWhile();
  expect(database.ends.map(({ received }) => received).sort()).toEqual(['', 'hello']);
  gate.release();
  await until('it goes on', () => database.ends.some(({ received }) => received === 'held'));
  await until('it goes on', () => before.far.received === 'hello held');
});

test('what was held does not pass when the right to it has gone meanwhile', async () => {
  const { near, far } = await connected();
  gate.hold();
  near.send('held');
  await aWhile();
  open = false;
  gate.release();
  await until('both ends are closed', () => near.closed && far.closed);
  expect(far.received).toBe('hello');
});

test('every connection is reset when the way leads elsewhere', async () => {
  const [one, two] = [await connected(), await connected()];
  gate.resetAll();
  await until('all ends are closed', () => [one.near, one.far, two.near, two.far].every(({ closed }) => closed));
});
