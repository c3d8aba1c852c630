import { accessRttMs } from '../../catalog/latency';
import { type UserCell, userCells } from '../../catalog/population';
import { REGION_IDS } from '../../catalog/regions';
import type { DeploymentRequest } from '../../contracts/request';

/** A group of users and its round trip to every region, milliseconds. Weights of all groups sum to 1. */
export interface UserGroup extends UserCell {
  rttMs: ReadonlyMap<string, number>;
}

/** Distances of places never change; they are computed once per place and process. */
const RTT_FROM = new Map<string, ReadonlyMap<string, number>>();

function rttToAll(place: UserCell): ReadonlyMap<string, number> {
  const key = `${place.lat}/${place.lon}`;
  const known = RTT_FROM.get(key);
  if (known) return known;
  const computed = new Map(REGION_IDS.map((region) => [region, accessRttMs(place, region)]));
  RTT_FROM.set(key, computed);
  return computed;
}

/** The users of a request with their distances: everything else in an advice is sums over these. */
export function userGroups(request: DeploymentRequest): UserGroup[] {
  return userCells(request.users).map((cell) => ({ ...cell, rttMs: rttToAll(cell) }));
}

export function rttTo(group: UserGroup, region: string): number {
  return group.rttMs.get(region) ?? Number.POSITIVE_INFINITY;
}

/** The region of a list that is nearest to a group of users; the earlier one when two are equally near. */
export function nearestRegion(group: UserGroup, regions: readonly string[]): string {
  let nearest = regions[0] ?? '';
  let nearestMs = rttTo(group, nearest);
  for (const region of regions) {
    const ms = rttTo(group, region);
    if (ms < nearestMs) {
      nearest = region;
      nearestMs = ms;
    }
  }
  return nearest;
}

/** Share of all users that is nearest to each of the regions; the shares sum to 1. */
export function usersShareByRegion(groups: readonly UserGroup[], regions: readonly string[]): Map<string, number> {
  const shares = new Map(regions.map((region) => [region, 0]));
  for (const group of groups) {
    const nearest = nearestRegion(group, regions);
    shares.set(nearest, (shares.get(nearest) ?? 0) + group.weight);
  }
  return shares;
}
