import type { RegionRole } from '../contracts/region';
import type { DeploymentRequest } from '../contracts/request';
import type { Routing, TopologyMode } from '../contracts/topology';

/**
 * The modes that the data strategies of a request leave open (seed 004 step 3), the preferred one first. The most
 * restrictive store decides: regions are deployed as one. Without data every region can serve on its own.
 */
export function openModes(request: DeploymentRequest): TopologyMode[] {
  const strategies = new Set(request.dataStores.map((store) => store.strategy));
  if (strategies.size === 0) return ['active-active', 'active-passive'];
  if (strategies.has('active-passive')) return ['active-passive'];
  if (strategies.has('read-replicas')) return ['read-local'];
  if (strategies.has('sharded')) return ['sharded'];
  return ['active-active', 'active-passive'];
}

function readsMayBeLocal(request: DeploymentRequest): boolean {
  return request.dataStores.every((store) => store.consistency !== 'strong');
}

/**
 * The routings that fit a mode, the preferred one first. A request that names one gets that one. With strong
 * consistency an active-passive application answers where its data is written: standbys take no traffic.
 */
export function openRoutings(mode: TopologyMode, request: DeploymentRequest): Routing[] {
  if (request.routing !== 'auto') return [request.routing];
  switch (mode) {
    case 'active-passive':
      return readsMayBeLocal(request) ? ['latency', 'failover'] : ['failover'];
    case 'active-active':
    case 'read-local':
      return ['latency'];
    case 'sharded':
      return ['geo'];
  }
}

/** Which roles a topology of a mode consists of: exactly one region of the first, any number of the others. */
function rolesOf(mode: TopologyMode): { one?: RegionRole; others: RegionRole[] } {
  switch (mode) {
    case 'active-passive':
      return { one: 'primary', others: ['standby'] };
    case 'read-local':
      return { one: 'primary', others: ['standby', 'replica'] };
    case 'active-active':
      return { others: ['active'] };
    case 'sharded':
      return { others: ['shard'] };
  }
}

/** Roles must be complete, so that any candidate can be deployed as it stands. */
export function roleViolations(
  mode: TopologyMode,
  regions: ReadonlyArray<{ region: string; role: RegionRole }>,
): string[] {
  const { one, others } = rolesOf(mode);
  const primaries = regions.filter(({ role }) => role === one);
  const wrong = regions.filter(({ role }) => role !== one && !others.includes(role));
  const sentences: string[] = [];
  if (one && primaries.length !== 1) {
    sentences.push(`roles: ${mode} with ${primaries.length} regions of role ${one}; valid is exactly 1`);
  }
  for (const { region, role } of wrong) {
    const valid = [...(one ? [one] : []), ...others].join(' or ');
    sentences.push(`roles: ${region} is ${role} in an ${mode} topology; valid is ${valid}`);
  }
  return sentences;
}
