import ipaddr from 'ipaddr.js';
import type { NetworkSpec } from '../../contracts/region-spec';
import { UnrenderableError } from './schema';

/** A network is cut into 16 parts: four for each of three tiers, the last four stay free for what comes later. */
const PART_BITS = 4;
const PARTS_PER_TIER = 4;

/** AWS: a VPC is a /28 to a /16; a load balancer needs subnets of a /27 at least, 16 of which make a /23. */
const WIDEST_PREFIX = 16;
const NARROWEST_PREFIX = 23;

/** One network per region, no two of them overlapping: the wished ones first, then 10.<position>.0.0/16 where free. */
export function regionCidrs(regions: string[], wished: Record<string, string | undefined>): Record<string, string> {
  const taken = regions.flatMap((region) => (wished[region] ? [wished[region]] : []));
  const chosen: Record<string, string> = {};
  let next = 0;
  for (const region of regions) {
    const wish = wished[region];
    if (wish) {
      chosen[region] = wish;
      continue;
    }
    while (taken.some((other) => cidrsOverlap(other, `10.${next}.0.0/16`))) next += 1;
    chosen[region] = `10.${next}.0.0/16`;
    next += 1;
  }
  return chosen;
}

/** Whether two networks share an address. Networks that cannot be parsed overlap nothing; others report those. */
export function cidrsOverlap(a: string, b: string): boolean {
  if (!ipaddr.IPv4.isValidCIDR(a) || !ipaddr.IPv4.isValidCIDR(b)) return false;
  const [addressA, prefixA] = ipaddr.IPv4.parseCIDR(a);
  const [addressB, prefixB] = ipaddr.IPv4.parseCIDR(b);
  return addressA.match(addressB, Math.min(prefixA, prefixB));
}

/** The subnets of a region: three tiers over its zones, of which there may be four. */
export function regionNetwork(input: {
  region: string;
  cidr: string;
  zones: string[];
  natGateways: number;
}): NetworkSpec {
  const parts = sixteenParts(input.region, input.cidr);
  const tier = (index: number) =>
    input.zones.map((zone, position) => ({ zone, cidr: parts[index * PARTS_PER_TIER + position] ?? input.cidr }));
  return {
    cidr: input.cidr,
    publicSubnets: tier(0),
    privateSubnets: tier(1),
    dataSubnets: tier(2),
    natGateways: input.natGateways,
  };
}

function sixteenParts(region: string, cidr: string): string[] {
  const field = `regions.overrides.${region}.cidr`;
  const valid = `a network between /${WIDEST_PREFIX} and /${NARROWEST_PREFIX} without host bits, for example "10.20.0.0/16"`;
  if (!ipaddr.IPv4.isValidCIDR(cidr)) throw new UnrenderableError({ field, received: cidr, valid });
  const [, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const network = ipaddr.IPv4.networkAddressFromCIDR(cidr);
  const isExact = `${network.toString()}/${prefix}` === cidr;
  if (!isExact || prefix < WIDEST_PREFIX || prefix > NARROWEST_PREFIX) {
    throw new UnrenderableError({ field, received: cidr, valid });
  }
  const first = network.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
  const partPrefix = prefix + PART_BITS;
  const partSize = 2 ** (32 - partPrefix);
  return Array.from({ length: 2 ** PART_BITS }, (_, index) => `${addressText(first + index * partSize)}/${partPrefix}`);
}

function addressText(value: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');
}
