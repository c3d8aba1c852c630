import { storeVariables } from '../../contracts/probe-contract';
import type { GlobalStoreSpec, RegionSpec, ServiceSpec, TrafficSpec } from '../../contracts/region-spec';
import { PORT_VARIABLE, REGION_VARIABLE, readerHost, tableName, writerHost } from '../../contracts/template-words';
import { bucketName } from '../iac-template-generator/bucket';
import { databasesOf, globalStoreEnvironment, globalStoresOf } from '../iac-template-generator/global-store-access';
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
      stores: [
        ...spec.databases.map(({ name, role }) => ({
          store: name,
          role,
          writes: writerHost(spec, name),
          reads: readerHost(spec, name),
        })),
        ...spec.globalStores.map((store) => globalStore(spec, store)),
      ],
      peers: spec.peerings.map(({ region }) => region),
      records: hostnames.flatMap((hostname) => records(hostname, spec.region)),
    })),
  };
}

function probe({ name, port, health, public: isPublic }: ServiceSpec): RegionWiring['probes'][number] {
  const { path, ...counts } = health;
  return { service: name, asks: `${port}${path}`, by: isPublic ? 'load-balancer' : 'container', ...counts };
}

function globalStore(spec: RegionSpec, store: GlobalStoreSpec): RegionWiring['stores'][number] {
  const { name, engine, home } = store;
  const role = home === spec.region ? 'home' : 'copy';
  if (engine === 'dynamodb') return { store: name, role, writes: tableName(spec, name), reads: tableName(spec, name) };
  const bucket = (region: string) => bucketName(spec, name, region);
  return { store: name, role, writes: bucket(store.writer), reads: bucket(spec.region) };
}

function wiring(spec: RegionSpec, service: ServiceSpec): RegionWiring['services'][number] {
  const stores = databasesOf(spec, service).map(storeVariables);
  const globalStores = globalStoresOf(spec, service).flatMap((store) =>
    Object.keys(globalStoreEnvironment(spec, store)),
  );
  const secrets = [
    ...service.secrets.map(({ name }) => name),
    ...stores.flatMap(({ user, password }) => [user, password]),
  ];
  const variables = [
    PORT_VARIABLE,
    REGION_VARIABLE,
    ...Object.keys(service.environment),
    ...stores.flatMap(Object.values<string>),
    ...globalStores,
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
