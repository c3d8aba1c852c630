import { cidrsOverlap } from '../../iac-template-generator/region-network';
import type { SecurityRule } from '../schema';

/** Networks of regions that share an address cannot be peered, and a route would lead to the wrong region. */
export const networkOverlap: SecurityRule = ({ specs }) =>
  specs.flatMap((spec, index) =>
    specs
      .slice(index + 1)
      .filter((other) => cidrsOverlap(spec.network.cidr, other.network.cidr))
      .map((other) => ({
        rule: 'network-overlap',
        severity: 'high' as const,
        where: `${other.region}/base/Vpc`,
        message: `network ${other.network.cidr} of ${other.region} overlaps ${spec.network.cidr} of ${spec.region}`,
        fix: `give ${other.region} a network of its own: regions.overrides.${other.region}.cidr`,
      })),
  );
