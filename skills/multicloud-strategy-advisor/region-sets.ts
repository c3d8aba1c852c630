import { rttTo, type UserGroup } from './user-distances';

export interface SetSearch {
  groups: readonly UserGroup[];
  eligible: readonly string[];
  underMs: number;
}

/** Round trips of all groups of users, in their order: to one region, or to the nearest of several. */
type Distances = Float64Array;

/** How well users are reached, each by the nearest region: share of them under the limit, mean round trip. */
interface Reach {
  within: number;
  meanMs: number;
}

/** Looked up once: the innermost loop runs a hundred thousand times. */
const { min } = Math;

/** Differences below this are noise of adding up shares. */
const EPSILON = 1e-9;

function isBetter(a: Reach, b: Reach): boolean {
  if (Math.abs(a.within - b.within) > EPSILON) return a.within > b.within;
  return a.meanMs < b.meanMs - EPSILON;
}

/** A search over sets of regions with the distances to each of them at hand. */
class RegionSetSearch {
  private readonly weights: Distances;
  private readonly distances: ReadonlyMap<string, Distances>;

  constructor(private readonly search: SetSearch) {
    const { groups, eligible } = search;
    this.weights = Float64Array.from(groups, ({ weight }) => weight);
    this.distances = new Map(
      eligible.map((region) => [region, Float64Array.from(groups, (group) => rttTo(group, region))]),
    );
  }

  /** The set grown by the region that helps most. */
  addBest(regions: readonly string[]): string[] {
    const added = this.bestAddition(regions, regions);
    return added ? [...regions, added.region] : [...regions];
  }

  /** One pass of exchanging each region for any other that helps; the same set when nothing got better. */
  swapOnce(regions: readonly string[]): string[] {
    let best = [...regions];
    for (const old of regions) {
      const rest = best.filter((region) => region !== old);
      const exchange = this.bestAddition(rest, best);
      const now = this.reachOf(this.nearest(rest), this.distances.get(old));
      if (exchange && isBetter(exchange.reach, now)) best = [...rest, exchange.region];
    }
    return best;
  }

  private bestAddition(
    base: readonly string[],
    taken: readonly string[],
  ): { region: string; reach: Reach } | undefined {
    const nearest = this.nearest(base);
    let best: { region: string; reach: Reach } | undefined;
    for (const region of this.search.eligible) {
      if (taken.includes(region)) continue;
      const reach = this.reachOf(nearest, this.distances.get(region));
      if (!best || isBetter(reach, best.reach)) best = { region, reach };
    }
    return best;
  }

  private nearest(regions: readonly string[]): Distances {
    const nearest = new Float64Array(this.weights.length).fill(Number.POSITIVE_INFINITY);
    for (const region of regions) {
      this.distances.get(region)?.forEach((ms, index) => {
        if (ms < (nearest[index] ?? 0)) nearest[index] = ms;
      });
    }
    return nearest;
  }

  private reachOf(nearest: Distances, added: Distances = nearest): Reach {
    let within = 0;
    let meanMs = 0;
    for (let index = 0; index < this.weights.length; index++) {
      const ms = min(nearest[index] ?? 0, added[index] ?? 0);
      const weight = this.weights[index] ?? 0;
      if (ms < this.search.underMs) within += weight;
      meanMs += ms * weight;
    }
    return { within, meanMs };
  }
}

const SWAP_PASSES = 3;

/**
 * For each number of regions from 1 to `most`, a set that reaches the users well: greedily grown, then improved by
 * exchanging single regions. Deterministic; ties go to the earlier region id.
 */
export function regionSets(search: SetSearch, most: number): string[][] {
  const finder = new RegionSetSearch(search);
  const sets: string[][] = [];
  let grown: string[] = [];
  while (grown.length < Math.min(most, search.eligible.length)) {
    grown = finder.addBest(grown);
    for (let pass = 0; pass < SWAP_PASSES; pass++) {
      const next = finder.swapOnce(grown);
      const isSame = next.every((region) => grown.includes(region));
      grown = next;
      if (isSame) break;
    }
    sets.push([...grown].sort());
  }
  return sets;
}
