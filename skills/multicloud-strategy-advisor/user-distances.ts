import { accessRttMs } from '../../catalog/latency';
import { type UserCell, userCells } from '../../catalog/population';
import { REGION_IDS } from '../../catalog/regions';
import type { DeploymentRequest } from '../../contracts/request';

/** A group of users and its round trip to every region, milliseconds. Weights of all groups sum to 1. */
export interface UserGroup extends UserCell {
  rttMs: ReadonlyMap<string, number>;
}

/** The users of a request with their distances, computed once per advice: everything else is sums over these. */
export function userGroups(request: DeploymentRequest): UserGroup[] {
  return userCells(request.users).map((cell) => ({
    ...cell,
    rttMs: new Map(REGION_IDS.map((region) => [region, accessRttMs(cell, region)])),
  }));
}

export function rttTo(group: UserGroup, region: string): number {
  return group.rttMs.get(region) ?? Number.POSITIVE_INFINITY;
}

/** The region of a list that is nearest to a group of users; the earlier one when two are equally near. */
export function nearestRegion(group: UserGroup, regions: readonly string[]): string {
  let nearest = regions[0] ?? '';
  for (const region of regions) {
    if (rttTo(group, region) < rttTo(group, nearest)) nearest = region;
  }
  return nearest;
}

/** Percent of all users that are nearest to each of the regions, whole numbers. */
export function usersPercentByRegion(groups: readonly UserGroup[], regions: readonly string[]): Map<string, number> {
  const shares = new Map(regions.map((region) => [region, 0]));
  for (const group of groups) {
    const nearest = nearestRegion(group, regions);
    shares.set(nearest, (shares.get(nearest) ?? 0) + group.weight * 100);
  }
  return new Map([...shares].map(([region, share]) => [region, Math.round(share)]));
}
