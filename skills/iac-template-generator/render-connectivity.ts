import type { RegionSpec } from '../../contracts/region-spec';
import { pascalCase } from './logical-names';
import type { RenderedStack } from './schema';
import { outputOf } from './stack-names';
import { type Resources, ref, renderStack, type TemplateParameter, tags } from './template';

/**
 * The peerings of a region and its routes to the networks at their other ends. The requester's stack makes a
 * peering (CloudFormation accepts it in the same account); the accepter's stack only adds its routes to it.
 */
export function renderConnectivity(spec: RegionSpec): RenderedStack {
  const accepts = spec.peerings.filter((peering) => peering.side === 'accepter');
  const requests = spec.peerings.filter((peering) => peering.side === 'requester');
  return renderStack({
    description: `${spec.application} ${spec.environment} in ${spec.region}: peerings with the other regions`,
    metadata: {
      kind: 'connectivity',
      region: spec.region,
      // in the order of the plan; a route names only the peering, not the region at its other end
      peerings: spec.peerings.map((peering) => ({ region: peering.region, connection: peeringId(peering.region) })),
    },
    parameters: {
      ...tableParameters(spec),
      ...(requests.length > 0 ? { VpcId: vpcParameter(spec.region, 'Network of this region') } : {}),
      ...Object.fromEntries(
        requests.map((peering) => [
          `Vpc${pascalCase(peering.region)}`,
          vpcParameter(peering.region, `Network of ${peering.region}`),
        ]),
      ),
      ...Object.fromEntries(
        accepts.map((peering) => [peeringId(peering.region), acceptedParameter(spec, peering.region)]),
      ),
    },
    resources: {
      ...Object.assign({}, ...requests.map((peering) => requestedPeering(spec, peering.region))),
      ...Object.assign({}, ...spec.peerings.map((peering) => routes(spec, peering))),
    },
    outputs: Object.fromEntries(
      requests.map((peering) => [
        peeringId(peering.region),
        { Description: `Peering with ${peering.region}`, Value: ref(peeringId(peering.region)) },
      ]),
    ),
  });
}

function peeringId(region: string): string {
  return `Peering${pascalCase(region)}`;
}

function tableNames(spec: RegionSpec): string[] {
  return [...spec.network.privateSubnets.map((_, index) => `PrivateRouteTable${index + 1}`), 'DataRouteTable'];
}

function tableParameters(spec: RegionSpec): Record<string, TemplateParameter> {
  return Object.fromEntries(
    tableNames(spec).map((name) => [
      name,
      { Type: 'String', Description: 'Route table that leads to the peers', pass: outputOf(spec.region, 'base', name) },
    ]),
  );
}

/** A plain string: CloudFormation would look for a VPC id of another region in this one and refuse it. */
function vpcParameter(region: string, description: string): TemplateParameter {
  return { Type: 'String', Description: description, pass: outputOf(region, 'base', 'VpcId') };
}

function acceptedParameter(spec: RegionSpec, requester: string): TemplateParameter {
  return {
    Type: 'String',
    Description: `Peering that ${requester} requested`,
    pass: outputOf(requester, 'connectivity', peeringId(spec.region)),
  };
}

function requestedPeering(spec: RegionSpec, region: string): Resources {
  return {
    [peeringId(region)]: {
      Type: 'AWS::EC2::VPCPeeringConnection',
      Properties: {
        VpcId: ref('VpcId'),
        PeerVpcId: ref(`Vpc${pascalCase(region)}`),
        PeerRegion: region,
        Tags: tags({ Name: `${spec.application}-${spec.environment}-${spec.region}-${region}` }),
      },
    },
  };
}

function routes(spec: RegionSpec, peering: RegionSpec['peerings'][number]): Resources {
  return Object.fromEntries(
    tableNames(spec).map((table) => [
      `Route${pascalCase(peering.region)}${table}`,
      {
        Type: 'AWS::EC2::Route',
        Properties: {
          RouteTableId: ref(table),
          DestinationCidrBlock: peering.cidr,
          VpcPeeringConnectionId: ref(peeringId(peering.region)),
        },
      },
    ]),
  );
}
