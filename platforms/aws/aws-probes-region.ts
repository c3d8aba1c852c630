import { DescribeListenersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { EvidenceSource } from '../../contracts/evidence';
import { READY_PATH } from '../../contracts/probe-contract';
import type { ServiceHealth } from '../../contracts/validation';
import type { DeploymentScope } from '../platform';
import { ProbeConnection, type ProbeTarget } from '../probes/probe-connection';
import { callsTo } from './aws-call';
import { servicesSeenByPlatform } from './aws-probes-services';
import type { AwsClients } from './clients';
import { type DeployedStack, deployedStack, outputValue, physicalIds } from './deployed-stack';

/** A load balancer hands new connections to its tasks in turn: so many, at most, are asked for one look at a region. */
const MOST_REQUESTS = 10;

export interface AwsProbesOptions {
  clients: AwsClients;
  /** what measurements may be called: those of a test cloud are no AWS ones */
  source: EvidenceSource;
  /** says where to connect instead, for tests: test clouds name load balancers that no resolver knows */
  connectTo?: (target: ProbeTarget) => ProbeTarget;
}

interface RegionInput extends DeploymentScope {
  region: string;
  path: string;
}

/**
 * Health of the services of a region. For the path of liveness: what ECS and the load balancer say. For readiness: the
 * same, and the service that answers for the hostname is asked through the region's load balancer from where the
 * worker runs. Nothing deployed: no service. A platform that does not answer throws; it says nothing about health.
 */
export async function probeRegion(options: AwsProbesOptions, input: RegionInput): Promise<ServiceHealth[]> {
  const base = await deployedStack(options.clients, input, input.region, 'base');
  if (!base) return [];
  const bar = input.path === READY_PATH ? 'ready' : 'alive';
  const seen = await servicesSeenByPlatform(options.clients, input, base, bar);
  const front = bar === 'ready' ? await frontOf(options, input, base) : undefined;
  return Promise.all(
    seen.map(({ health, targetGroup }) =>
      front && targetGroup === front.targetGroup ? ask(front.target, health, input.path) : health,
    ),
  );
}

/** The load balancer of a region: where it answers, and the target group of the service that answers for the hostname. */
export interface Front {
  target: ProbeTarget;
  targetGroup: string | undefined;
}

/** Undefined when the region has no load balancer, because none of its services is public. */
export async function frontOf(
  { clients, connectTo }: AwsProbesOptions,
  place: DeploymentScope & { region: string },
  base: DeployedStack,
): Promise<Front | undefined> {
  const [loadBalancer] = physicalIds(base, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  if (!loadBalancer) return undefined;
  const asked = clients.elb(place).send(new DescribeListenersCommand({ LoadBalancerArn: loadBalancer }));
  const { Listeners = [] } = await callsTo(clients, place)(asked);
  const listener = Listeners.find(({ Protocol }) => Protocol === 'HTTPS') ?? Listeners[0];
  if (!listener) return undefined;
  const plain = listener.Protocol !== 'HTTPS';
  const target: ProbeTarget = {
    hostname: outputValue(base, 'LoadBalancerDns', place.region),
    port: listener.Port ?? (plain ? 80 : 443),
    ...(plain ? { plain } : { anyName: true }),
  };
  const targetGroup = listener.DefaultActions?.find(({ Type }) => Type === 'forward')?.TargetGroupArn;
  return { target: connectTo?.(target) ?? target, targetGroup };
}

/** One request per task, each on a connection of its own. All must be answered with 200. */
async function ask(target: ProbeTarget, health: ServiceHealth, path: string): Promise<ServiceHealth> {
  const requests = Math.min(Math.max(health.tasksWanted, 1), MOST_REQUESTS);
  const answers = await Promise.all(Array.from({ length: requests }, () => once(target, path)));
  const refusal = answers.find((answer) => answer !== undefined);
  const served = answers.filter((answer) => answer === undefined).length;
  const said = `${served} of ${requests} requests for ${path} through ${target.hostname} were served${refusal ? `: ${refusal}` : ''}`;
  return {
    ...health,
    healthy: health.healthy && refusal === undefined,
    tasksHealthy: refusal === undefined ? health.tasksHealthy : Math.min(health.tasksHealthy, served),
    detail: `${health.detail}; ${said}`,
  };
}

/** Why a request was not served; undefined when it was. */
async function once(target: ProbeTarget, path: string): Promise<string | undefined> {
  const connection = new ProbeConnection(target);
  try {
    const { status, body } = await connection.send({ method: 'GET', path });
    return status === 200 ? undefined : `answered ${status} ${body.slice(0, 100)}`.trim();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    connection.close();
  }
}
