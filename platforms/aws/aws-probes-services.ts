import { DescribeServicesCommand, DescribeTasksCommand, ListTasksCommand, type Service } from '@aws-sdk/client-ecs';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ServiceHealth } from '../../contracts/validation';
import type { DeploymentScope } from '../platform';
import { callsTo } from './aws-call';
import type { AwsClients } from './clients';
import { type DeployedStack, outputValue, physicalIds } from './deployed-stack';

/** The most services and tasks that ECS describes in one call. */
const SERVICES_AT_ONCE = 10;
const TASKS_AT_ONCE = 100;

interface Place extends DeploymentScope {
  region: string;
}

/** A service, and the target group through which its load balancer reaches it; none for a private one. */
export interface SeenService {
  health: ServiceHealth;
  targetGroup?: string;
}

interface HealthyTasks {
  healthy: number;
  detail: string;
}

/**
 * The services of a region as the platform sees them: all wanted tasks run, the deployment is over, and every task
 * passes the health check of its load balancer or, without one, of its container.
 */
export async function servicesSeenByPlatform(
  clients: AwsClients,
  place: Place,
  base: DeployedStack,
): Promise<SeenService[]> {
  const call = callsTo(clients, place);
  const cluster = outputValue(base, 'ClusterName', place.region);
  const arns = physicalIds(base, 'AWS::ECS::Service');
  const seen: SeenService[] = [];
  for (let first = 0; first < arns.length; first += SERVICES_AT_ONCE) {
    const services = arns.slice(first, first + SERVICES_AT_ONCE);
    const answer = await call(clients.ecs(place).send(new DescribeServicesCommand({ cluster, services })));
    const found = answer.services ?? [];
    for (const arn of services) {
      const service = found.find(({ serviceArn }) => serviceArn === arn);
      seen.push(service ? await oneService(clients, place, cluster, service) : missing(place.region, arn));
    }
  }
  return seen;
}

function missing(region: string, arn: string): SeenService {
  const service = arn.split('/').at(-1) ?? arn;
  const detail = 'ECS knows no such service';
  return { health: { region, service, healthy: false, tasksHealthy: 0, tasksWanted: 0, detail } };
}

async function oneService(clients: AwsClients, place: Place, cluster: string, service: Service): Promise<SeenService> {
  const { serviceName = '', desiredCount = 0, runningCount = 0 } = service;
  const known = { region: place.region, service: serviceName, tasksWanted: desiredCount };
  const targetGroup = service.loadBalancers?.find(({ targetGroupArn }) => targetGroupArn)?.targetGroupArn;
  const reached = targetGroup ? { targetGroup } : {};
  const unsteady = unsteadiness(service);
  if (unsteady) return { health: { ...known, healthy: false, tasksHealthy: 0, detail: unsteady }, ...reached };
  const { healthy, detail } = targetGroup
    ? await targets(clients, place, targetGroup)
    : await containers(clients, place, cluster, serviceName);
  const words = `${runningCount} of ${desiredCount} tasks run; ${detail}`;
  return { health: { ...known, healthy: healthy >= desiredCount, tasksHealthy: healthy, detail: words }, ...reached };
}

/** Why a service is not as it should be yet; undefined when it is. */
function unsteadiness({ status, desiredCount = 0, runningCount = 0, deployments }: Service): string | undefined {
  if (status !== 'ACTIVE') return `the service is ${status}`;
  const newest = deployments?.find((deployment) => deployment.status === 'PRIMARY');
  if (newest?.rolloutState && newest.rolloutState !== 'COMPLETED') {
    return `the deployment is ${newest.rolloutState}: ${newest.rolloutStateReason ?? 'ECS gives no reason'}`;
  }
  if (runningCount !== desiredCount) return `${runningCount} of ${desiredCount} tasks run`;
  return (deployments?.length ?? 0) > 1 ? 'tasks of an earlier deployment still run' : undefined;
}

async function targets(clients: AwsClients, place: Place, group: string): Promise<HealthyTasks> {
  const answer = await callsTo(
    clients,
    place,
  )(clients.elb(place).send(new DescribeTargetHealthCommand({ TargetGroupArn: group })));
  const all = answer.TargetHealthDescriptions ?? [];
  const healthy = all.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
  const sick = all.find(({ TargetHealth }) => TargetHealth?.State !== 'healthy')?.TargetHealth;
  const why = sick ? ` (${sick.State}: ${sick.Description ?? sick.Reason ?? 'no reason given'})` : '';
  return { healthy, detail: `the load balancer finds ${healthy} of ${all.length} targets healthy${why}` };
}

async function containers(
  clients: AwsClients,
  place: Place,
  cluster: string,
  serviceName: string,
): Promise<HealthyTasks> {
  const call = callsTo(clients, place);
  const ecs = clients.ecs(place);
  const running = { cluster, serviceName, desiredStatus: 'RUNNING', maxResults: TASKS_AT_ONCE } as const;
  const { taskArns = [] } = await call(ecs.send(new ListTasksCommand(running)));
  if (taskArns.length === 0) return { healthy: 0, detail: 'ECS lists no running task' };
  const { tasks = [] } = await call(ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns })));
  const healthy = tasks.filter(({ healthStatus }) => healthStatus === 'HEALTHY').length;
  return { healthy, detail: `${healthy} of ${tasks.length} containers pass their health check` };
}
