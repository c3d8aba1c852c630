import type { FailoverPlan } from './plan';

/** What an acknowledged write rests on. */
export type Backing = Pick<FailoverPlan, 'members' | 'acknowledgedBy'>;

/**
 * What an election goes by while the primary changes what its commits wait for, and nobody knows whether it has: an
 * electable standby then holds every write that was acknowledged under either. Of the same it is the same.
 */
export function whileChanging(before: Backing, after: Backing): Backing {
  // no more can be waited for than there are; 0 promises nothing, and takes nothing away from the other
  const waitedFor = [before, after]
    .map(({ members, acknowledgedBy }) => Math.min(acknowledgedBy, members.length - 1))
    .filter((standbys) => standbys > 0);
  return {
    members: [...new Set([...before.members, ...after.members])].sort(),
    acknowledgedBy: waitedFor.length > 0 ? Math.min(...waitedFor) : 0,
  };
}

export function sameBacking(a: Backing, b: Backing): boolean {
  const text = ({ members, acknowledgedBy }: Backing) => JSON.stringify([[...members].sort(), acknowledgedBy]);
  return text(a) === text(b);
}
