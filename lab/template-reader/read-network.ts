import type { NetworkSpec } from '../../contracts/region-spec';
import { TAG_TIER } from '../../contracts/template-words';
import { type ResourceView, TemplateReadingError, type TemplateView } from './template-view';

/** The network of a base template: its range, its subnets by tier, its ways out. */
export function readNetwork(view: TemplateView): NetworkSpec {
  const [vpc] = view.ofType('AWS::EC2::VPC');
  if (!vpc) throw new TemplateReadingError('template', 'Resources', 'an AWS::EC2::VPC');
  const subnets = view.ofType('AWS::EC2::Subnet');
  const tier = (name: string) => subnets.filter((subnet) => subnet.tag(TAG_TIER) === name).map(readSubnet);
  return {
    cidr: vpc.string('Properties.CidrBlock'),
    publicSubnets: tier('public'),
    privateSubnets: tier('private'),
    dataSubnets: tier('data'),
    natGateways: view.ofType('AWS::EC2::NatGateway').length,
  };
}

function readSubnet(subnet: ResourceView): { zone: string; cidr: string } {
  return { zone: subnet.string('Properties.AvailabilityZone'), cidr: subnet.string('Properties.CidrBlock') };
}
