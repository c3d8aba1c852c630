import ipaddr from 'ipaddr.js';
import type { DeploymentRequest, RequestProblem } from '../contracts/request';

/** AWS allows a /16 at most; cut into 16 subnets, a /23 still leaves the load balancer the /27 it needs. */
const SHORTEST_PREFIX = 16;
const LONGEST_PREFIX = 23;
const VALID_NETWORK = `a private IPv4 network from /${SHORTEST_PREFIX} to /${LONGEST_PREFIX}, for example "10.20.0.0/16"`;

interface Network {
  region: string;
  cidr: string;
  base: ipaddr.IPv4;
  prefix: number;
}

function parseNetwork(region: string, cidr: string): Network | undefined {
  if (!ipaddr.IPv4.isValidCIDR(cidr)) return undefined;
  const [base, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  return { region, cidr, base, prefix };
}

function networkProblem({ region, cidr, base, prefix }: Network): RequestProblem | undefined {
  const field = `regions.overrides.${region}.cidr`;
  const received = `"${cidr}"`;
  if (prefix < SHORTEST_PREFIX || prefix > LONGEST_PREFIX || base.range() !== 'private') {
    return { field, received, valid: VALID_NETWORK };
  }
  const network = ipaddr.IPv4.networkAddressFromCIDR(cidr).toString();
  return network === base.toString()
    ? undefined
    : { field, received, valid: `the network's own address, "${network}/${prefix}"` };
}

function overlap(a: Network, b: Network): boolean {
  return a.base.match(b.base, Math.min(a.prefix, b.prefix));
}

/** Networks that regions are given by hand: each valid, none overlapping another, or peering cannot route between them. */
export function checkNetworks({ regions }: DeploymentRequest): RequestProblem[] {
  const problems: RequestProblem[] = [];
  const networks: Network[] = [];
  for (const [region, { cidr }] of Object.entries(regions.overrides)) {
    if (cidr === undefined) continue;
    const network = parseNetwork(region, cidr);
    if (!network) {
      problems.push({ field: `regions.overrides.${region}.cidr`, received: `"${cidr}"`, valid: VALID_NETWORK });
      continue;
    }
    const problem = networkProblem(network);
    if (problem) problems.push(problem);
    const other = networks.find((earlier) => overlap(earlier, network));
    if (other) {
      problems.push({
        field: `regions.overrides.${region}.cidr`,
        received: `"${cidr}", which overlaps "${other.cidr}" of ${other.region}`,
        valid: 'networks without a common address, for example "10.20.0.0/16" and "10.21.0.0/16"',
      });
    }
    networks.push(network);
  }
  return problems;
}
