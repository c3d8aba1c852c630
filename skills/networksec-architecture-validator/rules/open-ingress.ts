import type { Finding } from '../../../contracts/finding';
import { entries } from '../rendered-resources';
import type { RenderedResource, SecurityRule } from '../schema';

const WORLD = new Set(['0.0.0.0/0', '::/0']);
const PUBLIC_PORTS = new Set([80, 443]);

/** Only load balancers are open to the world, on 443 and, for the redirect, on 80. */
export const openIngress: SecurityRule = ({ resources }) =>
  resources
    .filter(({ type }) => type === 'AWS::EC2::SecurityGroup')
    .flatMap((group) => openRules(group).flatMap((rule) => finding(group, rule, isOfLoadBalancer(group, resources))));

function openRules(group: RenderedResource): Array<Record<string, unknown>> {
  return entries(group.properties.SecurityGroupIngress).filter(
    (rule) => WORLD.has(String(rule.CidrIp)) || WORLD.has(String(rule.CidrIpv6)),
  );
}

function isOfLoadBalancer(group: RenderedResource, resources: RenderedResource[]): boolean {
  const users = resources.filter(
    ({ stack, properties }) => stack === group.stack && JSON.stringify(properties).includes(`"${group.logicalId}"`),
  );
  const attached = users.filter(({ properties }) =>
    [properties.SecurityGroups, properties.VPCSecurityGroups, properties.NetworkConfiguration].some((value) =>
      JSON.stringify(value ?? '').includes(`"${group.logicalId}"`),
    ),
  );
  return attached.length > 0 && attached.every(({ type }) => type === 'AWS::ElasticLoadBalancingV2::LoadBalancer');
}

function finding(group: RenderedResource, rule: Record<string, unknown>, ofLoadBalancer: boolean): Finding[] {
  const isAllowed = ofLoadBalancer && rule.FromPort === rule.ToPort && PUBLIC_PORTS.has(Number(rule.FromPort));
  if (isAllowed) return [];
  const ports = rule.FromPort === undefined ? 'every port' : `port ${rule.FromPort} to ${rule.ToPort}`;
  return [
    {
      rule: 'open-ingress',
      severity: 'high',
      where: group.where,
      message: `${ports} of ${ofLoadBalancer ? 'the load balancer' : 'something that is no load balancer'} is open to the world`,
      fix: 'open only 443 and 80 of load balancers; let everything else name the security group that may connect',
    },
  ];
}
