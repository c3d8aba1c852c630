import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseDescription, KeptDatabase } from '../../failover/keeper/kept-database';
import { StoreKeeper } from '../../failover/keeper/store-keeper';
import { type LeaseStore, LeaseStoreUnavailable } from '../../failover/lease-store/lease-store';
import type { Lease } from '../../failover/protocol/lease';
import type { Timing } from '../../failover/protocol/timing';

const TIMING: Timing = { leaseMs: 600, renewEveryMs: 100, drift: 0.01, killMs: 50 };
/** Longer than a lease without renewals lasts. */
const OUTLASTS_MS = 900;

/** A database of which only its role and its slowness are real. */
class TestDatabase implements KeptDatabase {
  role: 'none' | 'standby' | 'primary' = 'standby';
  prepareMs = 0;
  prepares = true;
  answers = true;
  refuses = false;
  starts = 0;
  /** so many attempts to kill it fail */
  survives = 0;
  /** what the next attempts to make it a primary do */
  attempts: Array<'works' | 'fails' | 'fails late'> = [];
  private died: () => void = () => undefined;

  onDeath(listener: () => void): void {
    this.died = listener;
  }
  die(): void {
    this.role = 'none';
    this.died();
  }
  async start(): Promise<void> {
    this.starts += 1;
  }
  async prepare(): Promise<void> {
    await sleep(this.prepareMs);
    if (!this.prepares) throw new Error('its settings cannot be changed');
  }
  async promote(): Promise<void> {
    const attempt = this.attempts.shift() ?? 'works';
    if (attempt === 'fails late') await sleep(OUTLASTS_MS);
    if (attempt !== 'works') throw new Error('it ended while it started');
    this.role = 'primary';
  }
  async stop(): Promise<{ clean: boolean }> {
    this.role = 'none';
    return { clean: true };
  }
  async kill(): Promise<void> {
    if (this.survives > 0) {
      this.survives -= 1;
      throw new Error('it survives');
    }
    this.role = 'none';
  }
  async checkpoint(): Promise<void> {}
  async awaitQuiet(): Promise<void> {}
  async awaitReplicated(): Promise<{ timeline: number; bytes: bigint }> {
    return { timeline: 1, bytes: 1n };
  }
  async describe(): Promise<DatabaseDescription> {
    if (!this.answers || this.role === 'none') return { role: 'none' };
    return { role: this.role, position: { timeline: 1, bytes: 1n } };
  }
  async keepSynchronous(): Promise<void> {
    if (!this.answers || this.refuses) throw new Error('no');
  }
}

class TestLeases implements LeaseStore {
  lease: Lease = { holder: 'a', epoch: 1, renewal: 0 };
  away = false;
  prepared = 0;

  async read(): Promise<Lease> {
    if (this.away) throw new LeaseStoreUnavailable('away');
    return this.lease;
  }
  async prepare(): Promise<void> {
    this.prepared += 1;
  }
  async change(_key: string, change: (lease: Lease) => Lease | undefined) {
    if (this.away) return { outcome: 'unknown', reason: 'away' } as const;
    const next = change(this.lease);
    if (!next) return { outcome: 'refused', lease: this.lease } as const;
    this.lease = next;
    return { outcome: 'changed', lease: next } as const;
  }
  close(): void {}
}

let keeper: StoreKeeper | undefined;
/** what the other keepers were told of the lease */
let told: Array<Lease & { serves: boolean }> = [];
beforeEach(() => {
  told = [];
});
afterEach(() => keeper?.end());

function keep(database: TestDatabase | undefined, leases: TestLeases): StoreKeeper {
  keeper = new StoreKeeper({
    ...{ region: 'a', key: 'orders', timing: TIMING, leases, now: () => performance.now() },
    ...(database && { database }),
    warnSuccessor: () => undefined,
    tellSuccessor: async () => false,
    tellOthers: (lease, serves) => told.push({ ...lease, serves }),
    ...{ onHolder: () => undefined, onServing: () => undefined, hold: () => undefined, log: () => undefined },
  });
  keeper.start();
  return keeper;
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('did not come true');
    await sleep(5);
  }
}

test('takes writes once it has proven its lease', async () => {
  const database = new TestDatabase();
  const kept = keep(database, new TestLeases());
  await until(() => kept.mayServe());
  expect(database.role).toBe('primary');
});

test('a region that is called takes the lease that was seen to be over, and no other', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  leases.lease = { holder: 'b', epoch: 4, renewal: 7 };
  const kept = keep(database, leases);
  expect(await kept.called({ holder: 'b', epoch: 4, renewal: 6 })).toBe(false);
  expect([kept.mode, database.role]).toEqual(['idle', 'standby']);
  expect(await kept.called({ holder: 'b', epoch: 4, renewal: 7 })).toBe(true);
  await until(() => kept.mayServe());
  expect(leases.lease).toMatchObject({ holder: 'a', epoch: 5 });
  expect(told).toMatchObject([
    { holder: 'a', epoch: 5, serves: false },
    { holder: 'a', epoch: 5, serves: true },
  ]);
});

test('a region that is about to take over asks the lease store beforehand; one that serves does not', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  leases.lease = { holder: 'b', epoch: 4, renewal: 7 };
  const kept = keep(database, leases);
  kept.getReady();
  expect(leases.prepared).toBe(1);
  expect(await kept.handedOver({ holder: 'b', epoch: 4 }, 5, { timeline: 1, bytes: 1n })).toBe(true);
  kept.getReady();
  expect(leases.prepared).toBe(1);
});

test('a lease that is lost while the promotion is prepared leaves no primary behind', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  database.prepareMs = OUTLASTS_MS;
  const kept = keep(database, leases);
  await until(() => kept.mode === 'promoting' && leases.lease.renewal > 0);
  leases.away = true;
  await sleep(OUTLASTS_MS + 200);
  expect(kept.mayServe()).toBe(false);
  expect(database.role).not.toBe('primary');
});

test('a lease that is lost while a dead database is brought back ends that', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  const kept = keep(database, leases);
  await until(() => kept.mayServe());
  database.attempts = ['fails late', 'works'];
  leases.away = true;
  database.die();
  await sleep(OUTLASTS_MS + 200);
  expect(kept.mayServe()).toBe(false);
  expect(database.role).toBe('none');
});

test('after the lease store was away a lease that nobody took is given up and taken again, in a new epoch', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  const kept = keep(database, leases);
  await until(() => kept.mayServe());
  leases.away = true;
  await until(() => kept.mode === 'idle');
  leases.away = false;
  await until(() => kept.mayServe());
  expect(leases.lease).toMatchObject({ holder: 'a', epoch: 2 });
});

test('a standby that dies while its appointment is not proven stays a standby', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  leases.away = true;
  const kept = keep(database, leases);
  kept.appointed(1);
  database.die();
  await sleep(200);
  expect(kept.mode).toBe('promoting');
  expect(database.role).not.toBe('primary');
});

test('a standby that dies as soon as it is started is started twice a second, no more often', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  leases.lease = { holder: 'b', epoch: 4, renewal: 7 };
  keep(database, leases);
  await until(() => database.starts === 1);
  for (const deadline = performance.now() + 1_200; performance.now() < deadline; await sleep(10)) database.die();
  expect(database.starts).toBeGreaterThanOrEqual(3);
  expect(database.starts).toBeLessThanOrEqual(5);
});

test('a standby that was to be started again is left alone once it has been given up', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  leases.lease = { holder: 'b', epoch: 4, renewal: 7 };
  const kept = keep(database, leases);
  await until(() => database.starts === 1);
  database.die();
  await until(() => database.starts === 2);
  database.die();
  await kept.giveUp();
  await sleep(700);
  expect(database.starts).toBe(2);
});

test('what cannot be prepared is not promoted', async () => {
  const database = new TestDatabase();
  database.prepares = false;
  const kept = keep(database, new TestLeases());
  await until(() => database.role === 'none');
  expect(kept.mayServe()).toBe(false);
  // once when its keeper began, once more as the standby that it still is
  await until(() => database.starts === 2);
});

test('a database that takes writes but does not answer loses the lease', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  const kept = keep(database, leases);
  await until(() => kept.mayServe());
  database.answers = false;
  await until(() => leases.lease.holder === undefined);
  expect(database.role).toBe('none');
});

test('a database that refuses what its keeper wants of it is alive', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  const kept = keep(database, leases);
  await until(() => kept.mayServe());
  database.refuses = true;
  await sleep(4 * TIMING.leaseMs);
  expect(kept.mayServe()).toBe(true);
  expect(leases.lease).toMatchObject({ holder: 'a', epoch: 1 });
});

test('a region that has no database does not keep a lease that it was given', async () => {
  const leases = new TestLeases();
  const kept = keep(undefined, leases);
  kept.appointed(1);
  await until(() => leases.lease.holder === undefined);
  expect(kept.mayServe()).toBe(false);
});

test('a database that cannot be killed is reached by nobody, and the lease is given up once it is gone', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  const kept = keep(database, leases);
  await until(() => kept.mayServe());
  database.attempts = ['fails', 'fails'];
  database.die();
  database.survives = 3;
  await until(() => kept.mode === 'stopping');
  const { renewal } = leases.lease;
  await sleep(300);
  expect(leases.lease).toMatchObject({ holder: 'a', renewal });
  expect([kept.mayServe(), kept.mayRead()]).toEqual([false, false]);
  await until(() => leases.lease.holder === undefined);
  expect(database.survives).toBe(0);
});
