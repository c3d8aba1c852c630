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

/** What passes and what fails a health check; whatever was not checked yet is in neither. */
interface CheckedTasks {
  passing: number;
  failing: number;
  detail: string;
}

/**
 * What a task must show: to be alive, that ECS runs it and nothing speaks against it; to be ready, that a health check
 * of its load balancer or container passes.
 */
export type Bar = 'alive' | 'ready';

/** The services of a region as the platform sees them: all wanted tasks run, the deployment is over, no task is below the bar. */
export async function servicesSeenByPlatform(
  clients: AwsClients,
  place: Place,
  base: DeployedStack,
  bar: Bar,
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
      seen.push(service ? await oneService(clients, place, { cluster, service, bar }) : missing(place.region, arn));
    }
  }
  return seen;
}

function missing(region: string, arn: string): SeenService {
  const service = arn.split('/').at(-1) ?? arn;
  const detail = 'ECS knows no such service';
  return { health: { region, service, healthy: false, tasksHealthy: 0, tasksWanted: 0, detail } };
}

async function oneService(
  clients: AwsClients,
  place: Place,
  { cluster, service, bar }: { cluster: string; service: Service; bar: Bar },
): Promise<SeenService> {
  const { serviceName = '', desiredCount = 0, runningCount = 0 } = service;
  const known = { region: place.region, service: serviceName, tasksWanted: desiredCount };
  const targetGroup = service.loadBalancers?.find(({ targetGroupArn }) => targetGroupArn)?.targetGroupArn;
  const reached = targetGroup ? { targetGroup } : {};
  const unsteady = unsteadiness(service);
  if (unsteady) {
    const tasksHealthy = Math.min(runningCount, desiredCount);
    return { health: { ...known, healthy: false, tasksHealthy, detail: unsteady }, ...reached };
  }
  const { passing, failing, detail } = targetGroup
    ? await targets(clients, place, targetGroup)
    : await containers(clients, place, cluster, serviceName);
  const tasksHealthy = bar === 'ready' ? Math.min(passing, desiredCount) : Math.max(desiredCount - failing, 0);
  const words = `${runningCount} of ${desiredCount} tasks run; ${detail}`;
  return { health: { ...known, healthy: tasksHealthy >= desiredCount, tasksHealthy, detail: words }, ...reached };
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

async function targets(clients: AwsClients, place: Place, group: string): Promise<CheckedTasks> {
  const answer = await callsTo(
    clients,
    place,
  )(clients.elb(place).send(new DescribeTargetHealthCommand({ TargetGroupArn: group })));
  const all = (answer.TargetHealthDescriptions ?? []).map(({ TargetHealth }) => TargetHealth);
  const passing = all.filter((target) => target?.State === 'healthy').length;
  const failing = all.filter((target) => target?.State === 'unhealthy');
  const why = failing[0] ? ` (${failing[0].Description ?? failing[0].Reason ?? 'no reason given'})` : '';
  const detail = `the load balancer finds ${passing} of ${all.length} targets healthy${why}`;
  return { passing, failing: failing.length, detail };
}

async function containers(
  clients: AwsClients,
  place: Place,
  cluster: string,
  serviceName: string,
): Promise<CheckedTasks> {
  const call = callsTo(clients, place);
  const ecs = clients.ecs(place);
  const running = { cluster, serviceName, desiredStatus: 'RUNNING', maxResults: TASKS_AT_ONCE } as const;
  const { taskArns = [] } = await call(ecs.send(new ListTasksCommand(running)));
  if (taskArns.length === 0) return { passing: 0, failing: 0, detail: 'ECS lists no running task' };
  const { tasks = [] } = await call(ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns })));
  const passing = tasks.filter(({ healthStatus }) => healthStatus === 'HEALTHY').length;
  const failing = tasks.filter(({ healthStatus }) => healthStatus === 'UNHEALTHY').length;
  return { passing, failing, detail: `${passing} of ${tasks.length} containers pass their health check` };
}
