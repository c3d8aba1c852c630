import { storeVariables } from '../../contracts/probe-contract';
import type { RegionSpec, ServiceSpec, TrafficSpec } from '../../contracts/region-spec';
import { PORT_VARIABLE, REGION_VARIABLE, readerHost, writerHost } from '../../contracts/template-words';
import type { IntegratePlatformInput, RegionWiring } from './schema';

/** Registry of an image without one in its name (Docker's rule). */
const DEFAULT_REGISTRY = 'docker.io';

/**
 * Skill `cloud-platform-integrator`: how the rendered regions hang together, per region, for people: cluster, probes,
 * variables, registries, stores, global records. Pure; says what the templates say and nothing else.
 */
export function integratePlatform({ specs, traffic }: IntegratePlatformInput): { regions: RegionWiring[] } {
  const hostnames = [traffic.preview, traffic.production];
  return {
    regions: specs.map((spec) => ({
      region: spec.region,
      role: spec.role,
      cluster: `${spec.application}-${spec.environment}`,
      zones: spec.network.privateSubnets.map(({ zone }) => zone),
      probes: spec.services.map(probe),
      services: spec.services.map((service) => wiring(spec, service)),
      stores: spec.databases.map(({ name, role }) => ({
        store: name,
        role,
        writes: writerHost(spec, name),
        reads: readerHost(spec, name),
      })),
      peers: spec.peerings.map(({ region }) => region),
      records: hostnames.flatMap((hostname) => records(hostname, spec.region)),
    })),
  };
}

function probe({ name, port, health, public: isPublic }: ServiceSpec): RegionWiring['probes'][number] {
  const { path, ...counts } = health;
  return { service: name, asks: `${port}${path}`, by: isPublic ? 'load-balancer' : 'container', ...counts };
}

function wiring(spec: RegionSpec, service: ServiceSpec): RegionWiring['services'][number] {
  const stores = service.uses.map(storeVariables);
  const secrets = [
    ...service.secrets.map(({ name }) => name),
    ...stores.flatMap(({ user, password }) => [user, password]),
  ];
  const variables = [
    PORT_VARIABLE,
    REGION_VARIABLE,
    ...Object.keys(service.environment),
    ...stores.flatMap(Object.values<string>),
  ];
  return {
    service: service.name,
    image: service.image,
    registry: registryOf(service.image),
    tasks: service.tasks,
    reachedBy: reachedBy(spec, service),
    variables: [...new Set([...variables, ...secrets])].sort(),
    secrets: secrets.sort(),
  };
}

function reachedBy(spec: RegionSpec, service: ServiceSpec): string {
  if (!service.public) return `${service.name}:${service.port} inside the region`;
  const isFirst = spec.services.find((other) => other.public)?.name === service.name;
  const scheme = spec.tls ? 'https' : 'http';
  return isFirst ? `${scheme}, every path` : `${scheme}, paths under /${service.name}`;
}

/** The first part of an image name is a registry when it could be a host: it has a dot or a port, or is localhost. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : DEFAULT_REGISTRY;
}

function records({ hostname, records: all }: TrafficSpec, region: string): RegionWiring['records'] {
  return all
    .filter((record) => record.region === region)
    .map(({ routing, failover, weight, healthCheck }) => ({
      hostname,
      routing,
      policy: failover ?? (weight === undefined ? region : `weight ${weight}`),
      healthCheck: `https 443${healthCheck.path} every ${healthCheck.intervalSeconds} s, unhealthy after ${healthCheck.failureThreshold}`,
    }));
}
