import type { RegionSpec } from '../../contracts/region-spec';
import { type ResourceView, TemplateReadingError, type TemplateView } from './template-view';

/** The peerings of a connectivity template: made here or accepted, each with the network that its routes lead to. */
export function readPeerings(view: TemplateView): RegionSpec['peerings'] {
  const made = view.ofType('AWS::EC2::VPCPeeringConnection');
  const routes = view.ofType('AWS::EC2::Route');
  return view.metadata.list('peerings').map((entry) => {
    const connection = entry.string('connection');
    const requested = made.find((peering) => peering.id === connection);
    return {
      region: requested ? requested.string('Properties.PeerRegion') : entry.string('region'),
      cidr: destination(connection, routes),
      side: requested ? ('requester' as const) : ('accepter' as const),
    };
  });
}

function destination(connection: string, routes: ResourceView[]): string {
  const own = routes.filter((route) => route.refTarget('Properties.VpcPeeringConnectionId') === connection);
  const cidrs = [...new Set(own.map((route) => route.string('Properties.DestinationCidrBlock')))];
  const [cidr] = cidrs;
  if (cidr === undefined || cidrs.length > 1) {
    throw new TemplateReadingError(connection, 'DestinationCidrBlock', 'routes to one network through it', cidrs);
  }
  return cidr;
}
