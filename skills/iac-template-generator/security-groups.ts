import type { RegionSpec } from '../../contracts/region-spec';
import { POSTGRESQL_PORT } from '../../contracts/template-words';
import { type Json, type Resources, ref } from './template';

const WORLD = '0.0.0.0/0';

/** Who may talk to whom in a region: world → load balancer → tasks → databases, and nothing else. */
export function securityGroupResources(spec: RegionSpec): Resources {
  const publicPorts = distinct(spec.services.filter((service) => service.public).map((service) => service.port));
  const allPorts = distinct(spec.services.map((service) => service.port));
  const inside = spec.services.length > 1 ? allPorts : [];
  return {
    LoadBalancerSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'load balancer: from the world, to the tasks',
        VpcId: ref('Vpc'),
        SecurityGroupIngress: [
          ...(spec.tls ? [tcp(443, { CidrIp: WORLD }, 'requests')] : []),
          tcp(80, { CidrIp: WORLD }, spec.tls ? 'redirected to https' : 'requests'),
        ],
        SecurityGroupEgress: publicPorts.map((port) => tcp(port, { CidrIp: spec.network.cidr }, 'to the tasks')),
      },
    },
    TasksSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'tasks: from the load balancer and each other, to databases and https',
        VpcId: ref('Vpc'),
        SecurityGroupIngress: [
          ...publicPorts.map((port) =>
            tcp(port, { SourceSecurityGroupId: ref('LoadBalancerSecurityGroup') }, 'requests'),
          ),
          ...inside.map((port) => tcp(port, { CidrIp: spec.network.cidr }, 'between services')),
        ],
        SecurityGroupEgress: [
          tcp(443, { CidrIp: WORLD }, 'images, secrets, logs, partners'),
          ...inside.map((port) => tcp(port, { CidrIp: spec.network.cidr }, 'between services')),
          ...databaseEgress(spec),
        ],
      },
    },
  };
}

/** A task writes to the primary wherever it is, so the networks at the other end of the peerings are reachable too. */
function databaseEgress(spec: RegionSpec): Json[] {
  if (spec.databases.length === 0) return [];
  const networks = [spec.network.cidr, ...spec.peerings.map((peering) => peering.cidr)];
  return networks.map((cidr) => tcp(POSTGRESQL_PORT, { CidrIp: cidr }, 'databases'));
}

/** One rule for one TCP port. */
export function tcp(port: number, peer: { [property: string]: Json }, description: string): Json {
  return { IpProtocol: 'tcp', FromPort: port, ToPort: port, ...peer, Description: description };
}

function distinct(ports: number[]): number[] {
  return [...new Set(ports)];
}
