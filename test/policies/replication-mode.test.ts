import fc from 'fast-check';
import type { DataStoreRequest } from '../../contracts/request';
import { replicationMode } from '../../policies/replication-mode';

const able = { engine: 'postgresql', platform: 'lab', synchronous: true, leastRpoSeconds: 5 } as const;
const unable = { ...able, synchronous: false };
type Store = Pick<DataStoreRequest, 'name' | 'consistency' | 'replication' | 'quorum' | 'whenDegraded'>;

const orders: Store = { name: 'orders', consistency: 'strong', replication: 'auto', whenDegraded: 'auto' };

function ask(
  rpoSeconds: number,
  capability: typeof able | typeof unable,
  changes: Partial<Store> = {},
  standbyRttsMs: readonly number[] = [120, 70],
) {
  return replicationMode({ store: { ...orders, ...changes }, rpoSeconds, capability, standbyRttsMs });
}

describe('below a recovery point of five minutes', () => {
  test('commits wait for the nearest standby where the engine can', () => {
    expect(ask(299, able)).toEqual({ kind: 'synchronous', writePenaltyMs: 70, quorum: 1, whenDegraded: 'block' });
    expect(ask(0, able)).toMatchObject({ kind: 'synchronous', writePenaltyMs: 70 });
  });

  test('the least bounded recovery point is named where it cannot, if that is enough', () => {
    expect(ask(30, unable)).toEqual({ kind: 'asynchronous', boundedRpoSeconds: 5 });
    expect(ask(5, unable)).toEqual({ kind: 'asynchronous', boundedRpoSeconds: 5 });
  });

  test('nothing is promised that cannot be kept: alternatives instead', () => {
    expect(ask(4, unable)).toMatchObject({
      kind: 'unsatisfiable',
      alternatives: [expect.stringContaining('at least 5 s'), expect.any(String)],
    });
  });

  test('a request that says asynchronous is allowed that', () => {
    expect(ask(30, able, { replication: 'asynchronous' })).toEqual({ kind: 'asynchronous', boundedRpoSeconds: 5 });
    expect(ask(0, able, { replication: 'asynchronous' })).toMatchObject({ kind: 'unsatisfiable' });
  });

  test('one region waits for nobody', () => {
    expect(ask(30, able, {}, [])).toEqual({ kind: 'asynchronous', boundedRpoSeconds: 5 });
    expect(ask(30, able, { replication: 'synchronous' }, [])).toMatchObject({
      kind: 'unsatisfiable',
      reason: 'rpo 30 s: a commit would wait for 1 standby, and there are 0',
    });
  });
});

test('from five minutes on nothing waits unless asked to', () => {
  expect(ask(300, able)).toEqual({ kind: 'asynchronous', boundedRpoSeconds: 5 });
  expect(ask(300, able, { replication: 'synchronous' })).toMatchObject({ kind: 'synchronous' });
});

test('synchronous is never quietly turned into less', () => {
  expect(ask(3_600, unable, { replication: 'synchronous' })).toMatchObject({
    kind: 'unsatisfiable',
    reason: expect.stringContaining('no synchronous replication'),
  });
  expect(ask(30, able, { quorum: 3 })).toMatchObject({
    kind: 'unsatisfiable',
    reason: 'rpo 30 s: a commit would wait for 3 standbys, and there are 2',
  });
});

describe('while standbys are missing', () => {
  const degraded = (rpoSeconds: number, changes: Partial<Store>, standbys: number) => {
    const mode = ask(rpoSeconds, able, { replication: 'synchronous', ...changes }, new Array(standbys).fill(70));
    return mode.kind === 'synchronous' ? mode.whenDegraded : mode.kind;
  };

  test('a request that names what happens gets it', () => {
    expect(degraded(30, { whenDegraded: 'continue' }, 2)).toBe('continue');
    expect(degraded(0, { whenDegraded: 'continue' }, 1)).toBe('continue');
    expect(degraded(3_600, { whenDegraded: 'block', consistency: 'eventual' }, 2)).toBe('block');
  });

  test('strong consistency waits where the loss of a region leaves a standby to wait for, and else goes on', () => {
    expect(degraded(30, {}, 2)).toBe('block');
    expect(degraded(30, {}, 1)).toBe('continue');
    expect(degraded(30, { quorum: 2 }, 2)).toBe('continue');
    expect(degraded(30, { quorum: 2 }, 3)).toBe('block');
    expect(degraded(30, { consistency: 'eventual' }, 5)).toBe('continue');
  });

  test('a recovery point of nothing waits, whatever readers may expect', () => {
    expect(degraded(0, { consistency: 'eventual' }, 2)).toBe('block');
  });

  test('waiting is refused where the loss of one region would stop all writes', () => {
    expect(ask(0, able, {}, [70])).toMatchObject({
      kind: 'unsatisfiable',
      reason: expect.stringContaining('after the loss of one region there is none to wait for'),
      alternatives: [expect.stringContaining('2 or more regions'), expect.stringContaining('whenDegraded: continue')],
    });
    expect(degraded(30, { whenDegraded: 'block' }, 1)).toBe('unsatisfiable');
  });
});

test('the price of a write is the round trip to the last standby that it waits for', () => {
  const rtts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 29 });
  fc.assert(
    fc.property(rtts, fc.nat(28), (standbyRttsMs, index) => {
      const quorum = 1 + (index % standbyRttsMs.length);
      const mode = ask(30, able, { quorum, whenDegraded: 'continue' }, standbyRttsMs);
      if (mode.kind !== 'synchronous') throw new Error(mode.kind);
      const within = standbyRttsMs.filter((ms) => ms <= mode.writePenaltyMs).length;
      const nearer = standbyRttsMs.filter((ms) => ms < mode.writePenaltyMs).length;
      expect([within >= quorum, nearer < quorum]).toEqual([true, true]);
    }),
  );
});
