import fc from 'fast-check';
import { replicationPlanSchema } from '../../../contracts/replication';
import type { Topology } from '../../../contracts/topology';
import { wishesOf } from '../../../policies/kept-decisions';
import { lagThreshold } from '../../../policies/lag-threshold';
import { planReplication } from '../../../skills/database-optimization-analyzer/skill';
import { advise } from '../../../skills/multicloud-strategy-advisor/skill';
import { sampleRequest } from '../../policies/sample-request';

function plan(changes: Record<string, unknown> = {}) {
  const request = sampleRequest({ regions: { wanted: ['us-east-1', 'eu-west-1', 'ap-southeast-1'] }, ...changes });
  const candidate = advise(request).candidates.find(({ regions }) => regions.length === request.regions.wanted.length)!;
  const topology: Topology = { ...candidate, primary: candidate.regions[0]!.region, diagram: '' };
  return planReplication({ request, topology });
}

test('the primary is made before its copies, and there is one copy in every other region', () => {
  const { stores, order } = plan();
  expect(stores[0]).toMatchObject({ store: 'orders', primary: 'us-east-1', replicas: ['eu-west-1', 'ap-southeast-1'] });
  expect(order).toEqual(['us-east-1/orders', 'eu-west-1/orders', 'ap-southeast-1/orders']);
});

test('with several stores all primaries come first', () => {
  const dataStores = ['orders', 'users'].map((name) => ({ name, engine: 'postgresql' }));
  expect(plan({ dataStores }).order.slice(0, 2)).toEqual(['us-east-1/orders', 'us-east-1/users']);
});

test('what may be lost is accepted by name, and the row that it rests on is cited', () => {
  const [store] = plan({ recovery: { rtoSeconds: 600, rpoSeconds: 600 } }).stores;
  expect(store?.mode).toEqual({ kind: 'asynchronous', boundedRpoSeconds: 1 });
  expect(store?.capability).toContain('postgresql on lab: synchronous or asynchronous across regions');
  expect(store?.capability).toContain(
    'up to 1 s of what was acknowledged may be lost with it; accepted by name; the drill must prove the rpo of 600 s',
  );
  expect(store?.conflicts).toBe(
    'conflicts cannot arise: only us-east-1 takes writes, every other region holds a read-only copy',
  );
});

test('below five minutes a write waits for the nearest standby of the lab, and the plan says so', () => {
  const [store] = plan().stores;
  expect(store?.mode).toMatchObject({ kind: 'synchronous', quorum: 1, whenDegraded: 'block' });
  expect(store?.capability).toMatch(/acknowledged when 1 of 2 standbys has the write, \d+ ms later/);
});

test('a region that only reads holds a copy, and is neither waited for nor a standby', () => {
  const dataStores = [{ name: 'orders', engine: 'postgresql', strategy: 'read-replicas', consistency: 'eventual' }];
  const [store] = plan({ dataStores }).stores;
  expect(store).toMatchObject({ replicas: ['eu-west-1', 'ap-southeast-1'], readers: ['ap-southeast-1'] });
  expect(store?.mode).toMatchObject({ kind: 'synchronous', quorum: 1, whenDegraded: 'continue' });
  expect(store?.capability).toContain('1 of 1 standby has the write');
  expect(store?.capability).toContain('only read, never promoted: ap-southeast-1');
});

test('as many regions stand by as blocking needs, before any only reads', () => {
  const wanted = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-1'];
  const waits = { strategy: 'read-replicas', consistency: 'eventual', whenDegraded: 'block' };
  const dataStores = [{ name: 'orders', engine: 'postgresql', ...waits }];
  const [store] = plan({ dataStores, regions: { wanted } }).stores;
  expect(store?.mode).toMatchObject({ kind: 'synchronous', quorum: 1, whenDegraded: 'block' });
  expect(store).toMatchObject({ replicas: { length: 3 }, readers: { length: 1 } });
});

test('of what may be chosen, everything is followed: quorum and what happens while standbys are missing', () => {
  const request = sampleRequest({ regions: { wanted: ['us-east-1', 'eu-west-1', 'ap-southeast-1'] } });
  const candidate = advise(request).candidates.find(({ regions }) => regions.length === 3)!;
  const topology: Topology = { ...candidate, primary: 'us-east-1', diagram: '' };
  const wish = { store: 'orders', mode: 'synchronous', quorum: 2, whenDegraded: 'continue' } as const;
  const wished = planReplication({ request, topology, wishes: { stores: [wish], order: [] } });
  expect(wished.stores[0]?.mode).toMatchObject({ quorum: 2, whenDegraded: 'continue' });
  expect(planReplication({ request, topology, wishes: wishesOf(wished) })).toEqual(wished);
  const blocked = { ...wish, whenDegraded: 'block' } as const;
  const kept = planReplication({ request, topology, wishes: { stores: [blocked], order: [] } });
  expect(kept.stores[0]?.mode).toMatchObject({ quorum: 1, whenDegraded: 'block' });
});

test('what cannot be kept is said to be unsatisfiable, never quietly less', () => {
  const synchronous = [{ name: 'orders', engine: 'postgresql', replication: 'synchronous' }];
  expect(plan({ platform: 'aws', dataStores: synchronous }).stores[0]?.mode).toMatchObject({
    kind: 'unsatisfiable',
    alternatives: [expect.stringContaining('asynchronously'), expect.any(String)],
  });
  expect(plan({ dataStores: [{ name: 'orders', engine: 'redis' }] }).stores[0]?.mode).toMatchObject({
    kind: 'unsatisfiable',
    reason: 'redis cannot be deployed on lab',
  });
});

test('AWS promises less than the lab: a tighter recovery point is refused there only', () => {
  expect(plan({ platform: 'lab' }).stores[0]?.mode.kind).toBe('synchronous');
  expect(plan({ platform: 'aws' }).stores[0]?.mode.kind).toBe('unsatisfiable');
});

describe('the lag threshold', () => {
  test('is half of the recovery point or a tenth of the recovery time, whichever is less', () => {
    expect(lagThreshold({ rpoSeconds: 10, rtoSeconds: 600, farthestRttMs: 200 })).toEqual({
      ms: 5_000,
      reason: 'lag threshold 5000 ms: half of the rpo of 10 s',
    });
    expect(lagThreshold({ rpoSeconds: 30, rtoSeconds: 60, farthestRttMs: 200 })).toEqual({
      ms: 6_000,
      reason: 'lag threshold 6000 ms: a tenth of the rto of 60 s',
    });
  });

  test('is never tighter than distance allows', () => {
    expect(lagThreshold({ rpoSeconds: 1, rtoSeconds: 60, farthestRttMs: 400 }).ms).toBe(1_200);
    expect(lagThreshold({ rpoSeconds: 0, rtoSeconds: 1, farthestRttMs: 0 }).ms).toBe(1_000);
  });

  test('grows with the recovery point for any distances', () => {
    const seconds = fc.integer({ min: 1, max: 3_600 });
    fc.assert(
      fc.property(seconds, seconds, seconds, fc.integer({ min: 1, max: 400 }), (rpo, more, rto, rtt) => {
        const at = (rpoSeconds: number) => lagThreshold({ rpoSeconds, rtoSeconds: rto, farthestRttMs: rtt }).ms;
        expect(at(rpo + more)).toBeGreaterThanOrEqual(at(rpo));
      }),
    );
  });
});

test('the plan fits its schema and is the same every time', () => {
  expect(replicationPlanSchema.parse(plan())).toEqual(plan());
});
