import type { fullDiff } from '@aws-cdk/cloudformation-diff';
import ipaddr from 'ipaddr.js';
import { plain } from './plain';

type Rules = ReturnType<typeof fullDiff>['securityGroupChanges']['ingress'];
type Rule = Rules['additions'][number];

const ANY_PROTOCOL = '-1';
const EVERYONE = ['0.0.0.0/0', '::/0'];

/** Rules of security groups that let through what no removed rule let through. */
export function openings({ additions, removals }: Rules, direction: 'from' | 'to'): string[] {
  return additions
    .filter((rule) => !removals.some((wider) => covers(wider, rule)))
    .map((rule) => {
      const verb = direction === 'from' ? 'lets in' : 'lets out';
      return `security group ${plain(rule.groupId)} ${verb} ${traffic(rule)} ${direction} ${peerName(rule)}`;
    });
}

function covers(wider: Rule, narrower: Rule): boolean {
  return wider.groupId === narrower.groupId && coversTraffic(wider, narrower) && coversPeer(wider, narrower);
}

function coversTraffic(wider: Rule, narrower: Rule): boolean {
  if (wider.ipProtocol === ANY_PROTOCOL) return true;
  if (wider.ipProtocol !== narrower.ipProtocol) return false;
  const [from, to] = [Number(wider.fromPort), Number(wider.toPort)];
  return from <= Number(narrower.fromPort) && Number(narrower.toPort) <= to;
}

function coversPeer({ peer: wider }: Rule, { peer: narrower }: Rule): boolean {
  if (wider?.kind !== 'cidr-ip' || narrower?.kind !== 'cidr-ip')
    return JSON.stringify(wider) === JSON.stringify(narrower);
  if (wider.ip === narrower.ip) return true;
  if (!ipaddr.isValidCIDR(wider.ip) || !ipaddr.isValidCIDR(narrower.ip)) return false;
  const [outer, outerBits] = ipaddr.parseCIDR(wider.ip);
  const [inner, innerBits] = ipaddr.parseCIDR(narrower.ip);
  return outer.kind() === inner.kind() && outerBits <= innerBits && inner.match(outer, outerBits);
}

function traffic({ ipProtocol, fromPort, toPort }: Rule): string {
  if (ipProtocol === ANY_PROTOCOL) return 'everything';
  const protocol = ipProtocol.toUpperCase();
  if (fromPort === undefined || Number(fromPort) === -1) return `all ${protocol}`;
  return `${protocol} ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
}

function peerName({ peer }: Rule): string {
  switch (peer?.kind) {
    case 'cidr-ip':
      return EVERYONE.includes(peer.ip) ? `everyone (${peer.ip})` : plain(peer.ip);
    case 'security-group':
      return `security group ${plain(peer.securityGroupId)}`;
    case 'prefix-list':
      return `prefix list ${plain(peer.prefixListId)}`;
    case undefined:
      return 'somewhere the template does not say';
  }
}
