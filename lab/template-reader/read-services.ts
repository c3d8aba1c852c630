import type { ServiceSpec } from '../../contracts/region-spec';
import { reservedVariables, TEMPLATE_METADATA } from '../../contracts/template-words';
import type { ResourceView, TemplateView } from './template-view';

/** The services of a base template, in the order in which it makes them. */
export function readServices(view: TemplateView): ServiceSpec[] {
  return view.ofType('AWS::ECS::Service').map((service) => readService(view, service));
}

function readService(view: TemplateView, service: ResourceView): ServiceSpec {
  const task = view.byId(service.refTarget('Properties.TaskDefinition'), 'AWS::ECS::TaskDefinition');
  const container = task.first('Properties.ContainerDefinitions');
  const uses = task.strings(`Metadata.${TEMPLATE_METADATA}.uses`);
  const isPublic = service.has('Properties.LoadBalancers');
  return {
    name: service.string('Properties.ServiceName'),
    image: container.string('Image'),
    port: container.first('PortMappings').number('ContainerPort'),
    tasks: service.number('Properties.DesiredCount'),
    cpu: task.number('Properties.Cpu'),
    memoryMb: task.number('Properties.Memory'),
    public: isPublic,
    health: isPublic ? targetGroupHealth(view, service) : containerHealth(task, container),
    environment: readEnvironment(container, uses),
    secrets: readSecrets(container, uses),
    uses,
  };
}

function targetGroupHealth(view: TemplateView, service: ResourceView): ServiceSpec['health'] {
  const target = service.first('Properties.LoadBalancers').refTarget('TargetGroupArn');
  const group = view.byId(target, 'AWS::ElasticLoadBalancingV2::TargetGroup');
  return {
    path: group.string('Properties.HealthCheckPath'),
    intervalSeconds: group.number('Properties.HealthCheckIntervalSeconds'),
    healthyAfter: group.number('Properties.HealthyThresholdCount'),
    unhealthyAfter: group.number('Properties.UnhealthyThresholdCount'),
  };
}

function containerHealth(task: ResourceView, container: ResourceView): ServiceSpec['health'] {
  return {
    path: task.string(`Metadata.${TEMPLATE_METADATA}.health.path`),
    intervalSeconds: container.number('HealthCheck.Interval'),
    healthyAfter: task.number(`Metadata.${TEMPLATE_METADATA}.health.healthyAfter`),
    unhealthyAfter: container.number('HealthCheck.Retries'),
  };
}

/** What the request set; what the renderer adds for ports, regions and stores is left out. */
function readEnvironment(container: ResourceView, uses: string[]): Record<string, string> {
  const reserved = reservedVariables(uses);
  const own = container.list('Environment').filter((variable) => !reserved.has(variable.string('Name')));
  return Object.fromEntries(own.map((variable) => [variable.string('Name'), variable.string('Value')]));
}

function readSecrets(container: ResourceView, uses: string[]): ServiceSpec['secrets'] {
  const reserved = reservedVariables(uses);
  const own = container.list('Secrets').filter((secret) => !reserved.has(secret.string('Name')));
  return own.map((secret) => ({ name: secret.string('Name'), from: requestedReference(secret.subText('ValueFrom')) }));
}

/** Back from an ARN of this account and region to the name that the request used; other ARNs stand as they are. */
function requestedReference(valueFrom: string): string {
  const match =
    /^arn:\$\{AWS::Partition\}:(?:ssm|secretsmanager):\$\{AWS::Region\}:\$\{AWS::AccountId\}:(?:parameter|secret:)(.+)$/.exec(
      valueFrom,
    );
  return match?.[1] ?? valueFrom;
}
