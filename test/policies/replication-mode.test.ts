import { replicationMode } from '../../policies/replication-mode';

const able = { engine: 'postgresql', platform: 'lab', synchronous: true, leastRpoSeconds: 5 } as const;
const unable = { ...able, synchronous: false };
const ask = (
  rpoSeconds: number,
  capability: typeof able | typeof unable,
  replication: 'auto' | 'synchronous' | 'asynchronous' = 'auto',
) => replicationMode({ store: { name: 'orders', replication }, rpoSeconds, capability, writePenaltyMs: 70 });

describe('below a recovery point of five minutes', () => {
  test('commits wait for a copy where the engine can', () => {
    expect(ask(299, able)).toEqual({ kind: 'synchronous', writePenaltyMs: 70 });
    expect(ask(0, able)).toEqual({ kind: 'synchronous', writePenaltyMs: 70 });
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
    expect(ask(30, able, 'asynchronous')).toEqual({ kind: 'asynchronous', boundedRpoSeconds: 5 });
    expect(ask(0, able, 'asynchronous')).toMatchObject({ kind: 'unsatisfiable' });
  });
});

test('from five minutes on nothing waits unless asked to', () => {
  expect(ask(300, able)).toEqual({ kind: 'asynchronous', boundedRpoSeconds: 5 });
  expect(ask(300, able, 'synchronous')).toMatchObject({ kind: 'synchronous' });
});

test('synchronous is never quietly turned into less', () => {
  expect(ask(3_600, unable, 'synchronous')).toMatchObject({
    kind: 'unsatisfiable',
    reason: expect.stringContaining('no synchronous replication'),
  });
});
