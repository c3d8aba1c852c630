import type { DeploymentRequest } from '../../contracts/request';
import { asksForOneRegion } from '../../policies/residency';
import { standbysAskedFor } from '../../policies/standbys-asked-for';
import { openModes, openRoutings } from '../../policies/topology-mode';
import type { Placement, Style } from './placement';
import { regionSets } from './region-sets';
import { inSuccession, withRoles } from './succession';
import type { UserGroup } from './user-distances';

/** Beyond this many regions a set reaches hardly anyone nearer (measured: 4 to 5 regions reach what there is to reach). */
const LARGEST_SET = 12;

interface Space {
  request: DeploymentRequest;
  groups: readonly UserGroup[];
  eligible: readonly string[];
  /** the region that takes the writes of what is live: no deployment moves it */
  primary?: string | undefined;
}

function styles(request: DeploymentRequest): Style[] {
  return openModes(request).flatMap((mode) => openRoutings(mode, request).map((routing) => ({ mode, routing })));
}

function ordered({ groups, request, primary }: Space, style: Style, regions: readonly string[]): string[] {
  const order = inSuccession(groups, request, { routing: style.routing, regions });
  return primary === undefined ? order : [primary, ...order.filter((region) => region !== primary)];
}

/**
 * Where all traffic goes to one region, the best one and its best successors, as many as writes wait for: more regions
 * would serve no one nearer.
 */
function failoverSets(space: Space, style: Style): string[][] {
  const order = ordered(space, style, space.eligible);
  const alone = order.slice(0, 1);
  return asksForOneRegion(space.request) ? [alone] : [order.slice(0, 1 + standbysAskedFor(space.request)), alone];
}

function grownSets({ request, groups, eligible }: Space): string[][] {
  const most = Math.min(request.regions.max, LARGEST_SET);
  return regionSets({ groups, eligible, underMs: request.latency.underMs }, most);
}

function freePlacements(space: Space): Placement[] {
  const grown = grownSets(space);
  return styles(space.request).flatMap((style) => {
    const sets = style.routing === 'failover' ? failoverSets(space, style) : grown;
    const most = space.request.regions.max;
    return sets.map((set) => withRoles(space.request, style, ordered(space, style, set).slice(0, most)));
  });
}

/** The wanted regions with each of the two best places for writes, and what one region fewer would be, to compare with. */
function wantedPlacements(space: Space): Placement[] {
  return styles(space.request).flatMap((style) => {
    const order = ordered(space, style, space.eligible);
    const [first, second, ...rest] = order;
    const exchanged = first && second && space.primary === undefined ? [[second, first, ...rest]] : [];
    const fewer = order.length > 2 ? [order.slice(0, 2)] : [];
    return [order, ...exchanged, ...fewer].map((regions) => withRoles(space.request, style, regions));
  });
}

/** Every placement worth measuring for a request: complete roles, no two alike. */
export function placementsFor(space: Space): Placement[] {
  const placements = space.request.regions.wanted.length > 0 ? wantedPlacements(space) : freePlacements(space);
  const seen = new Set<string>();
  return placements.filter((placement) => {
    const key = JSON.stringify(placement);
    const isNew = placement.regions.length > 0 && !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
