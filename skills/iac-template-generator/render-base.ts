import type { RegionSpec } from '../../contracts/region-spec';
import { alarmResources } from './base-alarms';
import { bucketResources } from './bucket';
import { dashboard } from './dashboard';
import { encryptionKey } from './encryption-key';
import { loadBalancerResources } from './load-balancer';
import { logicalNames } from './logical-names';
import { networkResources, zoneParameters } from './network';
import type { RenderedStack } from './schema';
import { securityGroupResources } from './security-groups';
import { serviceResources } from './service';
import { serviceRoles } from './service-roles';
import { accountParameter } from './stack-names';
import { credentialsResource } from './store-credentials';
import { storeKeyResources } from './store-key';
import { getAtt, type Json, type Resources, ref, renderStack, type TemplateParameter } from './template';

/**
 * The base stack of a region: network, load balancer, services; no database, so that a canary can be judged alone.
 * @param credentialsFor when given, this stack makes the credentials of the stores and replicates them to these
 *   regions. Exactly one base stack of a deployment must: the one that is made first, because tasks of every region
 *   start with them.
 */
export function renderBase(spec: RegionSpec, credentialsFor?: string[]): RenderedStack {
  const logical = logicalNames(spec.services.map((service) => service.name));
  return renderStack({
    description: `${spec.application} ${spec.environment} in ${spec.region}: network, load balancer, services`,
    metadata: {
      kind: 'base',
      application: spec.application,
      environment: spec.environment,
      region: spec.region,
      role: spec.role,
    },
    parameters: parameters(spec),
    conditions: { HasAccessLogs: { 'Fn::Not': [{ 'Fn::Equals': [ref('AccessLogsBucket'), ''] }] } },
    resources: {
      ...networkResources(spec.network, `${spec.application}-${spec.environment}`),
      ...securityGroupResources(spec),
      Key: encryptionKey({
        description: `logs and alarms of ${spec.application} ${spec.environment}`,
        uses: ['logs', 'alarms'],
      }),
      ...storeCredentials(spec, credentialsFor),
      ...copiesOfStores(spec),
      ...loadBalancerResources(spec, logical),
      ...clusterResources(spec),
      ...servicesResources(spec, logical, credentialsFor !== undefined),
      ...alarmResources(spec, logical),
      Dashboard: dashboard(spec, logical),
    },
    outputs: outputs(spec),
  });
}

function parameters(spec: RegionSpec): Record<string, TemplateParameter> {
  const certificate: TemplateParameter = {
    Type: 'AWS::SSM::Parameter::Value<String>',
    Description: 'Parameter store name that holds the ARN of the certificate for the hostname, in this region',
    Default: accountParameter(spec, 'certificate-arn'),
    pass: { value: accountParameter(spec, 'certificate-arn') },
  };
  return {
    ...zoneParameters(spec.network),
    ...(spec.tls ? { CertificateArn: certificate } : {}),
    AccessLogsBucket: {
      Type: 'String',
      Description: 'Bucket for access logs of the load balancer; empty: none are kept',
      Default: '',
    },
  };
}

function storeCredentials(spec: RegionSpec, replicaRegions: string[] | undefined): Resources {
  if (!replicaRegions) return {};
  const stores = spec.databases.map((database) => database.name);
  const logical = logicalNames(stores);
  return Object.fromEntries(
    stores.map((store) => [`Credentials${logical(store)}`, credentialsResource(spec, store, replicaRegions)]),
  );
}

/**
 * The key of tables and buckets, and the buckets of other regions' stores: they stand before the home of a store, whose
 * rules name them, and before the data stacks.
 */
function copiesOfStores(spec: RegionSpec): Resources {
  const { globalStores } = spec;
  if (globalStores.length === 0) return {};
  const logical = logicalNames(globalStores.map(({ name }) => name));
  const resources = storeKeyResources(spec);
  for (const store of globalStores) {
    if (store.engine !== 's3' || store.home === spec.region) continue;
    Object.assign(resources, bucketResources(spec, store, logical(store.name), ['StoreKeyAlias']));
  }
  return resources;
}

function clusterResources(spec: RegionSpec): Resources {
  const cluster: Resources = {
    Cluster: {
      Type: 'AWS::ECS::Cluster',
      Properties: {
        ClusterName: `${spec.application}-${spec.environment}`,
        ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
      },
    },
  };
  if (spec.services.length < 2) return cluster;
  const namespace: Resources = {
    Namespace: {
      Type: 'AWS::ServiceDiscovery::HttpNamespace',
      Properties: { Name: `${spec.application}-${spec.environment}` },
    },
  };
  return { ...cluster, ...namespace };
}

function servicesResources(
  spec: RegionSpec,
  logical: (service: string) => string,
  makesCredentials: boolean,
): Resources {
  const stores = logicalNames(spec.databases.map((database) => database.name));
  const known = new Set(spec.databases.map((database) => database.name));
  const resources: Resources = {};
  for (const service of spec.services) {
    const name = logical(service.name);
    Object.assign(resources, serviceRoles(spec, service, name), serviceResources(spec, service, name));
    const ecsService = resources[`Service${name}`];
    const credentials = service.uses.filter((store) => known.has(store)).map((store) => `Credentials${stores(store)}`);
    if (ecsService && makesCredentials && credentials.length > 0) {
      ecsService.DependsOn = [...(ecsService.DependsOn ?? []), ...credentials];
    }
  }
  return resources;
}

function outputs(spec: RegionSpec): Record<string, { Description: string; Value: Json }> {
  const subnets = (tier: 'PrivateRouteTable' | 'DataSubnet', count: number, description: string) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `${tier}${index + 1}`,
        { Description: description, Value: ref(`${tier}${index + 1}`) },
      ]),
    );
  return {
    VpcId: { Description: 'Network of the region', Value: ref('Vpc') },
    ...subnets('PrivateRouteTable', spec.network.privateSubnets.length, 'Routes of a private subnet'),
    DataRouteTable: { Description: 'Routes of the data subnets', Value: ref('DataRouteTable') },
    ...subnets('DataSubnet', spec.network.dataSubnets.length, 'A subnet for databases'),
    TasksSecurityGroup: { Description: 'Security group of the tasks', Value: getAtt('TasksSecurityGroup', 'GroupId') },
    LoadBalancerDns: { Description: 'DNS name of the load balancer', Value: getAtt('LoadBalancer', 'DNSName') },
    LoadBalancerZone: {
      Description: 'Hosted zone of the load balancer, for alias records',
      Value: getAtt('LoadBalancer', 'CanonicalHostedZoneID'),
    },
    ClusterName: { Description: 'Cluster that runs the services', Value: ref('Cluster') },
    AlarmTopic: { Description: 'Topic that alarms are sent to', Value: ref('AlarmTopic') },
  };
}
