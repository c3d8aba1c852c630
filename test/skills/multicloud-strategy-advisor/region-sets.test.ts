import { REGION_IDS } from '../../../catalog/regions';
import { regionSets } from '../../../skills/multicloud-strategy-advisor/region-sets';
import {
  nearestRegion,
  rttTo,
  type UserGroup,
  userGroups,
} from '../../../skills/multicloud-strategy-advisor/user-distances';
import { sampleRequest } from '../../policies/sample-request';

function meanMs(groups: readonly UserGroup[], regions: readonly string[]): number {
  return groups.reduce((sum, group) => sum + group.weight * rttTo(group, nearestRegion(group, regions)), 0);
}

/** All sets of `size` regions: the truth that the search is held against. */
function everySet(size: number, from: readonly string[] = REGION_IDS): string[][] {
  if (size === 0) return [[]];
  return from.flatMap((first, index) => everySet(size - 1, from.slice(index + 1)).map((rest) => [first, ...rest]));
}

const groups = userGroups(sampleRequest({ users: [{ area: 'worldwide', share: 100 }] }));
/** A limit that everyone is under leaves the mean as the only goal. */
const search = { groups, eligible: REGION_IDS, underMs: 10_000 };

test.each([1, 2, 3])('the set of %i regions is within 2 percent of the best of all such sets', (size) => {
  const found = regionSets(search, size)[size - 1]!;
  const best = Math.min(...everySet(size).map((set) => meanMs(groups, set)));
  expect(meanMs(groups, found)).toBeLessThanOrEqual(best * 1.02);
});

test('more regions never reach users worse', () => {
  const sets = regionSets(search, 8);
  expect(sets.map((set) => set.length)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const means = sets.map((set) => meanMs(groups, set));
  for (const [index, mean] of means.entries()) if (index > 0) expect(mean).toBeLessThanOrEqual(means[index - 1]!);
});

test('there are never more regions than are eligible', () => {
  expect(regionSets({ ...search, eligible: ['eu-west-1', 'us-east-1'] }, 5)).toEqual([
    [expect.any(String)],
    ['eu-west-1', 'us-east-1'],
  ]);
});
