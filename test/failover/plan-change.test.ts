import fc from 'fast-check';
import { electable, mostAdvanced } from '../../failover/protocol/plan';
import { type Backing, sameBacking, whileChanging } from '../../failover/protocol/plan-change';

const PRIMARY = 'a';
const REGIONS = ['b', 'c', 'd', 'e'];

/** Commits wait for `acknowledgedBy` of the standbys; more than there are cannot be waited for. */
const backings = fc
  .record({ standbys: fc.subarray(REGIONS, { minLength: 1 }), acknowledgedBy: fc.integer({ min: 1, max: 4 }) })
  .map(({ standbys, acknowledgedBy }): Backing => ({ members: [PRIMARY, ...standbys], acknowledgedBy }));

test('while it changes what commits wait for, whoever is elected holds what was acknowledged before or after', () => {
  fc.assert(
    fc.property(backings, backings, fc.boolean(), fc.infiniteStream(fc.boolean()), (before, after, isAfter, chance) => {
      const { members, acknowledgedBy } = isAfter ? after : before;
      const standbys = members.filter((region) => region !== PRIMARY);
      const shuffled = standbys.filter(() => chance.next().value);
      const holders = new Set(
        [...shuffled, ...standbys.filter((region) => !shuffled.includes(region))].slice(0, acknowledgedBy),
      );
      const seen = REGIONS.filter(() => chance.next().value).map((region) => ({
        region,
        received: { timeline: 1, bytes: holders.has(region) ? 2n : 1n },
      }));
      const plan = { ...whileChanging(before, after), chain: [...REGIONS] };
      const elected = mostAdvanced(electable(plan, PRIMARY, seen), plan.chain);
      expect(elected === undefined || holders.has(elected)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('where nothing is promised yet, the election needs what will be promised', () => {
  const before = { members: ['a', 'b', 'c'], acknowledgedBy: 0 };
  const after = { members: ['a', 'b', 'c'], acknowledgedBy: 1 };
  expect(whileChanging(before, after)).toEqual(after);
  expect(whileChanging(after, before)).toEqual(after);
});

test('what does not change is the same', () => {
  const backing = { members: ['b', 'a'], acknowledgedBy: 1 };
  expect(sameBacking(whileChanging(backing, backing), backing)).toBe(true);
});
