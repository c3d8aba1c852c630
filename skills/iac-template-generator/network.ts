import type { NetworkSpec } from '../../contracts/region-spec';
import { TAG_TIER } from '../../contracts/template-words';
import {
  getAtt,
  type Json,
  type Resources,
  ref,
  type TemplateParameter,
  type TemplateResource,
  tags,
} from './template';

/** The network of a region: three tiers of subnets over its zones, each tier with its own way out, or none. */
export function networkResources(network: NetworkSpec, name: string): Resources {
  return {
    Vpc: {
      Type: 'AWS::EC2::VPC',
      Properties: {
        CidrBlock: network.cidr,
        EnableDnsHostnames: true,
        EnableDnsSupport: true,
        Tags: tags({ Name: name }),
      },
    },
    InternetGateway: { Type: 'AWS::EC2::InternetGateway', Properties: { Tags: tags({ Name: name }) } },
    InternetGatewayAttachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('InternetGateway') },
    },
    ...publicTier(network, name),
    ...natGateways(network, name),
    ...privateTier(network, name),
    ...dataTier(network, name),
  };
}

/** Zones are parameters with a default: accounts see different zones, and the template says which it was planned with. */
export function zoneParameters(network: NetworkSpec): Record<string, TemplateParameter> {
  return Object.fromEntries(
    zonesOf(network).map((zone, index) => [
      `Zone${index + 1}`,
      { Type: 'AWS::EC2::AvailabilityZone::Name', Description: 'An availability zone of the region', Default: zone },
    ]),
  );
}

function zonesOf(network: NetworkSpec): string[] {
  const subnets = [...network.publicSubnets, ...network.privateSubnets, ...network.dataSubnets];
  return [...new Set(subnets.map((subnet) => subnet.zone))];
}

function subnet(
  network: NetworkSpec,
  at: { zone: string; cidr: string },
  tier: string,
  name: string,
): TemplateResource {
  return {
    Type: 'AWS::EC2::Subnet',
    Properties: {
      VpcId: ref('Vpc'),
      AvailabilityZone: ref(`Zone${zonesOf(network).indexOf(at.zone) + 1}`),
      CidrBlock: at.cidr,
      MapPublicIpOnLaunch: false,
      Tags: tags({ Name: `${name}-${tier}`, [TAG_TIER]: tier }),
    },
  };
}

function routeTable(name: string): TemplateResource {
  return { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc'), Tags: tags({ Name: name }) } };
}

function association(subnetId: string, tableId: string): TemplateResource {
  return {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { SubnetId: ref(subnetId), RouteTableId: ref(tableId) },
  };
}

function defaultRoute(tableId: string, via: { [property: string]: Json }, dependsOn?: string[]): TemplateResource {
  return {
    Type: 'AWS::EC2::Route',
    ...(dependsOn ? { DependsOn: dependsOn } : {}),
    Properties: { RouteTableId: ref(tableId), DestinationCidrBlock: '0.0.0.0/0', ...via },
  };
}

function publicTier(network: NetworkSpec, name: string): Resources {
  const resources: Resources = {
    PublicRouteTable: routeTable(`${name}-public`),
    PublicDefaultRoute: defaultRoute('PublicRouteTable', { GatewayId: ref('InternetGateway') }, [
      'InternetGatewayAttachment',
    ]),
  };
  network.publicSubnets.forEach((at, index) => {
    resources[`PublicSubnet${index + 1}`] = subnet(network, at, 'public', name);
    resources[`PublicSubnet${index + 1}Routes`] = association(`PublicSubnet${index + 1}`, 'PublicRouteTable');
  });
  return resources;
}

function natGateways(network: NetworkSpec, name: string): Resources {
  const resources: Resources = {};
  for (let n = 1; n <= network.natGateways; n += 1) {
    resources[`NatAddress${n}`] = {
      Type: 'AWS::EC2::EIP',
      DependsOn: ['InternetGatewayAttachment'],
      Properties: { Domain: 'vpc', Tags: tags({ Name: `${name}-nat-${n}` }) },
    };
    resources[`NatGateway${n}`] = {
      Type: 'AWS::EC2::NatGateway',
      Properties: {
        SubnetId: ref(`PublicSubnet${((n - 1) % network.publicSubnets.length) + 1}`),
        AllocationId: getAtt(`NatAddress${n}`, 'AllocationId'),
        Tags: tags({ Name: `${name}-nat-${n}` }),
      },
    };
  }
  return resources;
}

/** One route table per private subnet, so that each zone leaves through its own NAT gateway where there is one. */
function privateTier(network: NetworkSpec, name: string): Resources {
  const resources: Resources = {};
  network.privateSubnets.forEach((at, index) => {
    const n = index + 1;
    resources[`PrivateSubnet${n}`] = subnet(network, at, 'private', name);
    resources[`PrivateRouteTable${n}`] = routeTable(`${name}-private-${n}`);
    resources[`PrivateSubnet${n}Routes`] = association(`PrivateSubnet${n}`, `PrivateRouteTable${n}`);
    if (network.natGateways > 0) {
      const nat = ref(`NatGateway${(index % network.natGateways) + 1}`);
      resources[`PrivateDefaultRoute${n}`] = defaultRoute(`PrivateRouteTable${n}`, { NatGatewayId: nat });
    }
  });
  return resources;
}

/** Databases have no route to the internet, in either direction. */
function dataTier(network: NetworkSpec, name: string): Resources {
  const resources: Resources = { DataRouteTable: routeTable(`${name}-data`) };
  network.dataSubnets.forEach((at, index) => {
    resources[`DataSubnet${index + 1}`] = subnet(network, at, 'data', name);
    resources[`DataSubnet${index + 1}Routes`] = association(`DataSubnet${index + 1}`, 'DataRouteTable');
  });
  return resources;
}
