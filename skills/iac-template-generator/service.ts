import { storeVariables } from '../../contracts/probe-contract';
import type { RegionSpec, ServiceSpec } from '../../contracts/region-spec';
import {
  databaseName,
  PORT_VARIABLE,
  POSTGRESQL_PORT,
  REGION_VARIABLE,
  readerHost,
  TEMPLATE_METADATA,
  writerHost,
} from '../../contracts/template-words';
import { databasesOf, globalStoreEnvironment, globalStoresOf } from './global-store-access';
import { secretValueFrom } from './secret-reference';
import { credentialsSecret, secretArn } from './store-credentials';
import { getAtt, type Json, type Resources, ref, sub, type TemplateResource } from './template';

/** Log group, task definition and service of one service; its roles are in service-roles.ts. */
export function serviceResources(spec: RegionSpec, service: ServiceSpec, logicalName: string): Resources {
  return {
    [`LogGroup${logicalName}`]: {
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Retain',
      Properties: { RetentionInDays: 30, KmsKeyId: getAtt('Key', 'Arn') },
    },
    [`TaskDefinition${logicalName}`]: taskDefinition(spec, service, logicalName),
    [`Service${logicalName}`]: ecsService(spec, service, logicalName),
  };
}

function taskDefinition(spec: RegionSpec, service: ServiceSpec, logicalName: string): TemplateResource {
  return {
    Type: 'AWS::ECS::TaskDefinition',
    Metadata: {
      [TEMPLATE_METADATA]: { uses: service.uses, ...(service.public ? {} : { health: privateHealth(service) }) },
    },
    Properties: {
      Family: `${spec.application}-${spec.environment}-${service.name}`,
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      Cpu: String(service.cpu),
      Memory: String(service.memoryMb),
      ExecutionRoleArn: getAtt(`ExecutionRole${logicalName}`, 'Arn'),
      TaskRoleArn: getAtt(`TaskRole${logicalName}`, 'Arn'),
      ContainerDefinitions: [container(spec, service, logicalName)],
    },
  };
}

function container(spec: RegionSpec, service: ServiceSpec, logicalName: string): Json {
  return {
    Name: service.name,
    Image: service.image,
    Essential: true,
    PortMappings: [{ Name: service.name, ContainerPort: service.port, Protocol: 'tcp', AppProtocol: 'http' }],
    Environment: environment(spec, service),
    Secrets: secrets(spec, service),
    LinuxParameters: { InitProcessEnabled: true },
    LogConfiguration: {
      LogDriver: 'awslogs',
      Options: {
        'awslogs-group': ref(`LogGroup${logicalName}`),
        'awslogs-region': ref('AWS::Region'),
        'awslogs-stream-prefix': service.name,
      },
    },
    ...(service.public ? {} : { HealthCheck: containerHealthCheck(service) }),
  };
}

/** Sorted by name, so that the order of keys in a request does not change the template. */
function environment(spec: RegionSpec, service: ServiceSpec): Json {
  const variables: Record<string, Json> = {
    ...service.environment,
    [PORT_VARIABLE]: String(service.port),
    [REGION_VARIABLE]: ref('AWS::Region'),
  };
  for (const store of globalStoresOf(spec, service)) Object.assign(variables, globalStoreEnvironment(spec, store));
  for (const store of databasesOf(spec, service)) {
    const names = storeVariables(store);
    variables[names.host] = writerHost(spec, store);
    variables[names.port] = String(POSTGRESQL_PORT);
    variables[names.readHost] = readerHost(spec, store);
    variables[names.readPort] = String(POSTGRESQL_PORT);
    variables[names.database] = databaseName(store);
  }
  return Object.keys(variables)
    .sort()
    .map((Name) => ({ Name, Value: variables[Name] ?? '' }));
}

function secrets(spec: RegionSpec, service: ServiceSpec): Json {
  const own = service.secrets.map((secret) => ({ Name: secret.name, ValueFrom: secretValueFrom(secret.from) }));
  const stores = databasesOf(spec, service).flatMap((store) => {
    const names = storeVariables(store);
    const arn = secretArn(credentialsSecret(spec, store));
    return [
      { Name: names.user, ValueFrom: sub(`${arn}:username::`) },
      { Name: names.password, ValueFrom: sub(`${arn}:password::`) },
    ];
  });
  return [...own, ...stores];
}

/** A service without a load balancer is asked from inside its container, with whichever client the image has. */
function containerHealthCheck(service: ServiceSpec): Json {
  const url = `http://127.0.0.1:${service.port}${service.health.path}`;
  return {
    Command: ['CMD-SHELL', `wget -q -T 4 -O /dev/null '${url}' || curl -fsS -m 4 -o /dev/null '${url}' || exit 1`],
    Interval: service.health.intervalSeconds,
    Timeout: 5,
    Retries: service.health.unhealthyAfter,
    StartPeriod: 30,
  };
}

/** ECS has no count of successes after which a container is healthy, and no path apart from the command. */
function privateHealth(service: ServiceSpec): Json {
  return { path: service.health.path, healthyAfter: service.health.healthyAfter };
}

function ecsService(spec: RegionSpec, service: ServiceSpec, logicalName: string): TemplateResource {
  return {
    Type: 'AWS::ECS::Service',
    ...(service.public ? { DependsOn: reachableFirst(spec, service, logicalName) } : {}),
    Properties: {
      ServiceName: service.name,
      Cluster: ref('Cluster'),
      LaunchType: 'FARGATE',
      TaskDefinition: ref(`TaskDefinition${logicalName}`),
      DesiredCount: service.tasks,
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
      EnableECSManagedTags: true,
      PropagateTags: 'SERVICE',
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          Subnets: spec.network.privateSubnets.map((_, index) => ref(`PrivateSubnet${index + 1}`)),
          SecurityGroups: [ref('TasksSecurityGroup')],
        },
      },
      ...(service.public ? loadBalancing(service, logicalName) : {}),
      ...(spec.services.length > 1 ? { ServiceConnectConfiguration: serviceConnect(service) } : {}),
    },
  };
}

/** ECS refuses a target group that no listener uses yet. */
function reachableFirst(spec: RegionSpec, service: ServiceSpec, logicalName: string): string[] {
  const isFirst = spec.services.find((other) => other.public)?.name === service.name;
  if (!isFirst) return [`ListenerRule${logicalName}`];
  return [spec.tls ? 'HttpsListener' : 'HttpListener'];
}

function loadBalancing(service: ServiceSpec, logicalName: string): { [property: string]: Json } {
  return {
    HealthCheckGracePeriodSeconds: 60,
    LoadBalancers: [
      { ContainerName: service.name, ContainerPort: service.port, TargetGroupArn: ref(`TargetGroup${logicalName}`) },
    ],
  };
}

/** Services of one region find each other by name and port. */
function serviceConnect(service: ServiceSpec): Json {
  return {
    Enabled: true,
    Namespace: getAtt('Namespace', 'Arn'),
    Services: [{ PortName: service.name, ClientAliases: [{ DnsName: service.name, Port: service.port }] }],
  };
}
