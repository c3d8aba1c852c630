import type { TrafficSpec } from '../../contracts/region-spec';
import { LabError } from '../lab-error';
import type { EdgeHostname, EdgeRecord } from '../network/network-port';
import type { Deployment, Hostname, Lab } from './lab-state';

/**
 * Publishes a hostname at the edge. A template that is applied anew ends what a shift had changed. Refuses another
 * hostname than the stack publishes already: its users would lose it.
 */
export async function applyTraffic(lab: Lab, deployment: Deployment, stack: string, spec: TrafficSpec): Promise<void> {
  const missing = spec.records.find(({ region }) => !deployment.sites.has(region));
  if (missing) throw new Error(`the record for ${missing.region} has no target: that region has no load balancer`);
  const before = deployment.hostnames.get(stack);
  if (before && before.spec.hostname !== spec.hostname) {
    throw new LabError(
      'Platform.Refused',
      `hostname: stack ${stack} publishes ${before.spec.hostname}; a change never takes a hostname away: publish ${spec.hostname} as a deployment of its own, or retire this one first`,
      { resource: stack },
    );
  }
  const hostname: Hostname = { spec };
  await lab.network.setHostname(edgeHostname(deployment, hostname));
  deployment.hostnames.set(stack, hostname);
}

export async function destroyTraffic(lab: Lab, deployment: Deployment, stack: string): Promise<void> {
  const hostname = deployment.hostnames.get(stack);
  if (!hostname) return;
  await lab.network.removeHostname(hostname.spec.hostname);
  deployment.hostnames.delete(stack);
}

/** The records as the edge needs them; after a shift, the region shifted to is the primary of failover records. */
export function edgeHostname(deployment: Deployment, { spec, shiftedTo, drained = [] }: Hostname): EdgeHostname {
  const shifted = spec.records.some(({ region }) => region === shiftedTo);
  const records = spec.records.map((record): EdgeRecord => {
    const failover =
      shifted && record.failover ? (record.region === shiftedTo ? 'PRIMARY' : 'SECONDARY') : record.failover;
    const drain = drained.includes(record.region) && { drained: true };
    return { ...record, failover, ...drain, targetPort: deployment.sites.get(record.region)?.loadBalancerPort ?? 0 };
  });
  return {
    hostname: spec.hostname,
    application: deployment.application,
    environment: deployment.environment,
    records,
  };
}
