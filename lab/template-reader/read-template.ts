import { regionRoleSchema } from '../../contracts/region';
import { readDatabases } from './read-databases';
import { readNetwork } from './read-network';
import { readPeerings } from './read-peerings';
import { readServices } from './read-services';
import { readTraffic } from './read-traffic';
import type { TemplateReading } from './template-reading';
import { TemplateReadingError, TemplateView } from './template-view';

export { TemplateReadingError };

/**
 * Reads a rendered CloudFormation template back into the words of RegionSpec: the resource types that Meridian emits,
 * nothing more. What it returns is what the template makes, not what was meant.
 * @param parameters values of the template's parameters; missing ones fall back to their defaults
 * @throws TemplateReadingError naming the resource, the property and what was expected there
 */
export function readTemplate(template: string, parameters: Record<string, string>): TemplateReading {
  const view = new TemplateView(template, parameters);
  const kind = view.metadata.string('kind');
  switch (kind) {
    case 'base':
      return readBase(view);
    case 'connectivity':
      return { kind, region: view.metadata.string('region'), peerings: readPeerings(view) };
    case 'data':
      return { kind, region: view.metadata.string('region'), databases: readDatabases(view) };
    case 'traffic':
      return { kind, traffic: readTraffic(view) };
    default:
      throw new TemplateReadingError(view.metadata.id, 'kind', 'base, connectivity, data or traffic', kind);
  }
}

function readBase(view: TemplateView): TemplateReading {
  const role = regionRoleSchema.safeParse(view.metadata.raw('role'));
  if (!role.success) {
    const roles = regionRoleSchema.options.join(', ');
    throw new TemplateReadingError(view.metadata.id, 'role', `one of ${roles}`, view.metadata.raw('role'));
  }
  const listeners = view.ofType('AWS::ElasticLoadBalancingV2::Listener');
  return {
    kind: 'base',
    application: view.metadata.string('application'),
    environment: view.metadata.string('environment'),
    region: view.metadata.string('region'),
    role: role.data,
    network: readNetwork(view),
    services: readServices(view),
    tls: listeners.some((listener) => listener.string('Properties.Protocol') === 'HTTPS'),
  };
}
