import { setTimeout as sleep } from 'node:timers/promises';
import { type LeaseStore, LeaseStoreUnavailable } from '../../failover/lease-store/lease-store';
import { type Lease, type LeaseChange, NO_LEASE, released, renewed, takenOver } from '../../failover/protocol/lease';
import type { Cluster } from './lease-store-cluster';
import { History, notLinearisable } from './lease-store-history';

export interface ContractLimits {
  /** of every read and change */
  timeoutMs: number;
  /** within which a majority that lost a member usually answers again: how long each trouble lasts */
  recoverMs: number;
  /** how many round trips the change of whoever changed the lease last costs at most */
  changeRoundTrips: number;
}

/** Longer than its limit a call may take by this much, on a machine that is busy. */
const SLACK_MS = 1_000;
/** A majority that is there answers by then, also on a machine that does much else. */
const CEILING_MS = 20_000;

const once: LeaseChange = (present) => ({ ...present, renewal: present.renewal + 1 });

/** What every lease store does, whatever happens to its members. The cluster is there before the first of these tests. */
export function itKeepsLeases(
  cluster: () => Cluster,
  { timeoutMs, recoverMs, changeRoundTrips }: ContractLimits,
): void {
  const stores: LeaseStore[] = [];
  let keys = 0;
  const newKey = () => `acme/shop/production/orders-${++keys}`;
  const newStore = (name: string) => {
    const store = cluster().createStore({ name, timeoutMs });
    stores.push(store);
    return store;
  };

  /** Readers and writers at once, until `until` is over. */
  async function crowd(key: string, size: number, until: () => boolean): Promise<History> {
    const history = new History();
    const work = async (by: string, store: LeaseStore) => {
      let seen: Lease = NO_LEASE;
      while (!until()) {
        const choice = Math.random();
        if (choice < 0.3) seen = (await history.read(by, store, key)) ?? seen;
        else await history.change(by, store, key, choice < 0.8 ? once : takenOver(seen, by));
      }
    };
    const names = Array.from({ length: size }, (_, nth) => `region-${nth}`);
    await Promise.all(names.map((name) => work(name, newStore(name))));
    return history;
  }

  async function soon(store: LeaseStore, key: string): Promise<number> {
    const begin = performance.now();
    for (;;) {
      const { outcome } = await store.change(key, once);
      const tookMs = performance.now() - begin;
      if (outcome === 'changed') return tookMs;
      if (tookMs > CEILING_MS) throw new Error(`no change succeeded within ${tookMs} ms`);
    }
  }

  beforeAll(async () => {
    await soon(newStore('first'), newKey());
  }, 30_000);

  afterEach(async () => {
    for (const { link } of cluster().members) {
      link.setRoundTrip(0);
      link.heal();
    }
    for (const store of stores.splice(0)) store.close();
  });

  it('keeps who holds the lease, since which epoch, and how often it was renewed', async () => {
    const key = newKey();
    const [frankfurt, ohio] = [newStore('eu-central-1'), newStore('us-east-2')];
    expect(await ohio.read(key)).toEqual(NO_LEASE);
    const first = { holder: 'eu-central-1', epoch: 1, renewal: 0 };
    expect(await frankfurt.change(key, takenOver(NO_LEASE, 'eu-central-1'))).toEqual({
      outcome: 'changed',
      lease: first,
    });
    expect(await frankfurt.change(key, renewed('eu-central-1', 1))).toEqual({
      outcome: 'changed',
      lease: { ...first, renewal: 1 },
    });
    expect(await ohio.change(key, takenOver(first, 'us-east-2'))).toEqual({
      outcome: 'refused',
      lease: { ...first, renewal: 1 },
    });
    expect(await frankfurt.change(key, released('eu-central-1', 1))).toMatchObject({ outcome: 'changed' });
    const free = await ohio.read(key);
    expect(free).toEqual({ holder: undefined, epoch: 1, renewal: 2 });
    expect(await ohio.change(key, takenOver(free, 'us-east-2'))).toMatchObject({ outcome: 'changed' });
    expect(await frankfurt.change(key, renewed('eu-central-1', 1))).toEqual({
      outcome: 'refused',
      lease: { holder: 'us-east-2', epoch: 2, renewal: 0 },
    });
  });

  it('keeps keys apart', async () => {
    const [a, b] = [newKey(), newKey()];
    const store = newStore('a');
    await store.change(a, once);
    expect(await store.read(b)).toEqual(NO_LEASE);
  });

  it('makes every change that it acknowledges once, of many that ask at the same time', async () => {
    const key = newKey();
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, async (_, nth) => {
        const store = newStore(`region-${nth}`);
        const found: string[] = [];
        for (let time = 0; time < 10; time++) found.push((await store.change(key, once)).outcome);
        return found;
      }),
    );
    const changed = outcomes.flat().filter((outcome) => outcome === 'changed').length;
    const unknown = outcomes.flat().filter((outcome) => outcome === 'unknown').length;
    const { renewal } = await newStore('reader').read(key);
    expect(changed).toBeGreaterThan(20);
    expect(renewal).toBeGreaterThanOrEqual(changed);
    expect(renewal).toBeLessThanOrEqual(changed + unknown);
  });

  it('takes the same change from one store asked twice at once as two', async () => {
    const key = newKey();
    const store = newStore('a');
    const outcomes = await Promise.all([store.change(key, once), store.change(key, once), store.change(key, once)]);
    const changed = outcomes.filter(({ outcome }) => outcome === 'changed').length;
    expect((await store.read(key)).renewal).toBeGreaterThanOrEqual(changed);
    expect(new Set(outcomes.map((one) => JSON.stringify(one))).size).toBe(3);
  });

  it('answers as one register would, while members are killed and restarted and links cut, slow and late', async () => {
    const key = newKey();
    const { members } = cluster();
    let isOver = false;
    const crowded = crowd(key, 4, () => isOver);
    for (const [nth, member] of members.entries()) {
      await sleep(200);
      await member.kill();
      await sleep(recoverMs / 4);
      await member.start();
      const other = members[(nth + 1) % members.length]!;
      await sleep(recoverMs / 4);
      other.link.cut();
      await sleep(timeoutMs / 2);
      other.link.heal();
      other.link.setRoundTrip(timeoutMs / 4);
      await sleep(timeoutMs / 2);
      other.link.setRoundTrip(0);
    }
    isOver = true;
    const history = await crowded;
    expect(notLinearisable(history.operations)).toBeUndefined();
    expect(history.count('changed')).toBeGreaterThan(20);
    expect(history.count('read')).toBeGreaterThan(20);
  });

  it.each([0, 1, 2])('goes on without member %i', async (nth) => {
    const key = newKey();
    const store = newStore('a');
    await soon(store, key);
    const before = await store.read(key);
    await cluster().members[nth]!.kill();
    try {
      await soon(store, key);
      expect((await newStore('b').read(key)).renewal).toBeGreaterThan(before.renewal);
    } finally {
      await cluster().members[nth]!.start();
    }
    await soon(store, key);
  });

  it('says in time that it does not know when two members are killed, and knows again when they are back', async () => {
    const key = newKey();
    const store = newStore('a');
    await soon(store, key);
    const before = await store.read(key);
    const [a, b] = cluster().members;
    await Promise.all([a!.kill(), b!.kill()]);
    const begin = performance.now();
    expect(await store.change(key, once)).toMatchObject({ outcome: 'unknown', reason: expect.any(String) });
    expect(performance.now() - begin).toBeLessThan(timeoutMs + SLACK_MS);
    await expect(newStore('b').read(key)).rejects.toThrow(LeaseStoreUnavailable);
    expect(performance.now() - begin).toBeLessThan(2 * (timeoutMs + SLACK_MS));
    await Promise.all([a!.start(), b!.start()]);
    await soon(store, key);
    expect((await store.read(key)).renewal).toBeGreaterThan(before.renewal);
  });

  it('outlives the death of all its members', async () => {
    const key = newKey();
    await soon(newStore('a'), key);
    const before = await newStore('a').read(key);
    const { members } = cluster();
    await Promise.all(members.map((member) => member.kill()));
    await Promise.all(members.map((member) => member.start()));
    await soon(newStore('a'), newKey());
    expect(await newStore('b').read(key)).toEqual(before);
  });

  it('does not hang behind links that are cut without a word, and takes no harm from what arrives late', async () => {
    const key = newKey();
    const [a, b] = [newStore('a'), newStore('b')];
    await soon(a, key);
    const before = await a.read(key);
    for (const { link } of cluster().members) link.cut();
    const begin = performance.now();
    expect(await a.change(key, takenOver(before, 'a'))).toMatchObject({ outcome: 'unknown' });
    await expect(b.read(key)).rejects.toThrow(LeaseStoreUnavailable);
    expect(performance.now() - begin).toBeLessThan(2 * (timeoutMs + SLACK_MS));
    for (const { link } of cluster().members) link.heal();
    await soon(b, key);
    const after = await b.read(key);
    expect([before.epoch, before.epoch + 1]).toContain(after.epoch);
    expect(await a.change(key, takenOver(before, 'a'))).toEqual({ outcome: 'refused', lease: after });
  });

  it('works behind links of which one is cut', async () => {
    const key = newKey();
    const { members } = cluster();
    for (const { link } of members) {
      const store = newStore('a');
      link.cut();
      await soon(store, key);
      const begin = performance.now();
      expect(await store.change(key, once)).toMatchObject({ outcome: 'changed' });
      expect(performance.now() - begin).toBeLessThan(timeoutMs);
      link.heal();
    }
  });

  it.each<[string, (holder: LeaseStore, other: LeaseStore, key: string) => Promise<LeaseStore>]>([
    [
      'renews in few round trips, also while others read',
      async (holder, other, key) => {
        await other.read(key);
        return holder;
      },
    ],
    [
      'needs no more for a change by another that was prepared',
      async (holder, other, key) => {
        await holder.change(key, once);
        await other.prepare(key);
        return other;
      },
    ],
  ])('%s', async (_, changing) => {
    const key = newKey();
    const [holder, other] = [newStore('holder'), newStore('other')];
    const rttMs = 60;
    for (const { link } of cluster().members) link.setRoundTrip(rttMs);
    await soon(holder, key);
    await other.read(key);
    const tookMs: number[] = [];
    for (let time = 0; time < 8; time++) {
      const store = await changing(holder, other, key);
      const begin = performance.now();
      await store.change(key, once);
      tookMs.push(performance.now() - begin);
    }
    const median = tookMs.sort((x, y) => x - y)[4]!;
    expect(median).toBeGreaterThanOrEqual(rttMs);
    expect(median).toBeLessThan(changeRoundTrips * rttMs + rttMs * 0.8);
  });
}
