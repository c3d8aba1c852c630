import { setTimeout as sleep } from 'node:timers/promises';
import type { KeptDatabase } from '../../failover/keeper/kept-database';
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
  /** what the next attempts to make it a primary do */
  attempts: Array<'works' | 'fails late'> = [];
  private died: () => void = () => undefined;

  onDeath(listener: () => void): void {
    this.died = listener;
  }
  die(): void {
    this.role = 'none';
    this.died();
  }
  async start(): Promise<void> {}
  async promote(): Promise<void> {
    if (this.attempts.shift() === 'fails late') {
      await sleep(OUTLASTS_MS);
      throw new Error('it ended while it started');
    }
    this.role = 'primary';
  }
  async stop(): Promise<{ clean: boolean }> {
    this.role = 'none';
    return { clean: true };
  }
  async kill(): Promise<void> {
    this.role = 'none';
  }
  async checkpoint(): Promise<void> {}
  async awaitQuiet(): Promise<void> {}
  async awaitReplicated(): Promise<{ timeline: number; bytes: bigint }> {
    return { timeline: 1, bytes: 1n };
  }
  async describe(): Promise<{ role: 'none' }> {
    return { role: 'none' };
  }
  keepSynchronous(isServing: boolean): Promise<void> {
    return sleep(isServing ? 0 : this.prepareMs);
  }
}

class TestLeases implements LeaseStore {
  lease: Lease = { holder: 'a', epoch: 1, renewal: 0 };
  away = false;

  async read(): Promise<Lease> {
    if (this.away) throw new LeaseStoreUnavailable('away');
    return this.lease;
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
afterEach(() => keeper?.end());

function keep(database: TestDatabase, leases: TestLeases): StoreKeeper {
  keeper = new StoreKeeper({
    ...{ region: 'a', key: 'orders', timing: TIMING, leases, database, now: () => performance.now() },
    tellSuccessor: async () => false,
    ...{ onHolder: () => undefined, hold: () => undefined, log: () => undefined },
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

test('a lease that nobody took after it was given up is taken again, in a new epoch', async () => {
  const [database, leases] = [new TestDatabase(), new TestLeases()];
  const kept = keep(database, leases);
  await until(() => kept.mayServe());
  leases.away = true;
  await until(() => kept.mode === 'idle');
  leases.away = false;
  leases.lease = { holder: undefined, epoch: 1, renewal: leases.lease.renewal + 1 };
  await until(() => kept.mayServe());
  expect(leases.lease).toMatchObject({ holder: 'a', epoch: 2 });
});
