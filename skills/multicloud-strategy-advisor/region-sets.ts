import { nearestRegion, rttTo, type UserGroup } from './user-distances';

interface Reach {
  within: number;
  meanMs: number;
}

/** How well a set of regions reaches the users, each served by the nearest: share under the limit, mean round trip. */
function reach(groups: readonly UserGroup[], regions: readonly string[], underMs: number): Reach {
  let within = 0;
  let mean = 0;
  for (const group of groups) {
    const ms = rttTo(group, nearestRegion(group, regions));
    if (ms < underMs) within += group.weight;
    mean += ms * group.weight;
  }
  return { within, meanMs: mean };
}

/** Differences below this are noise of adding up shares. */
const EPSILON = 1e-9;

function isBetter(a: Reach, b: Reach): boolean {
  if (Math.abs(a.within - b.within) > EPSILON) return a.within > b.within;
  return a.meanMs < b.meanMs - EPSILON;
}

interface Search {
  groups: readonly UserGroup[];
  eligible: readonly string[];
  underMs: number;
}

function addBest(regions: string[], { groups, eligible, underMs }: Search): string[] {
  let best: { set: string[]; reach: Reach } | undefined;
  for (const region of eligible) {
    if (regions.includes(region)) continue;
    const set = [...regions, region];
    const reached = reach(groups, set, underMs);
    if (!best || isBetter(reached, best.reach)) best = { set, reach: reached };
  }
  return best?.set ?? regions;
}

/** One pass of exchanging each region for any other; returns the same array when nothing got better. */
function swapOnce(regions: string[], { groups, eligible, underMs }: Search): string[] {
  let best = regions;
  let bestReach = reach(groups, regions, underMs);
  for (let at = 0; at < regions.length; at++) {
    for (const region of eligible) {
      if (best.includes(region)) continue;
      const set = best.map((old, index) => (index === at ? region : old));
      const reached = reach(groups, set, underMs);
      if (isBetter(reached, bestReach)) {
        best = set;
        bestReach = reached;
      }
    }
  }
  return best;
}

/** Beyond this many regions exchanges bring next to nothing and cost the most. */
const SWAP_UP_TO = 6;
const SWAP_PASSES = 3;

/**
 * For each number of regions from 1 to `most`, a set that reaches the users well: greedily grown, then improved by
 * exchanging single regions. Deterministic; ties go to the earlier region id.
 */
export function regionSets(search: Search, most: number): string[][] {
  const sets: string[][] = [];
  let grown: string[] = [];
  while (grown.length < Math.min(most, search.eligible.length)) {
    grown = addBest(grown, search);
    let improved = grown;
    for (let pass = 0; pass < SWAP_PASSES && grown.length <= SWAP_UP_TO; pass++) {
      const next = swapOnce(improved, search);
      if (next === improved) break;
      improved = next;
    }
    sets.push([...improved].sort());
    grown = improved;
  }
  return sets;
}
