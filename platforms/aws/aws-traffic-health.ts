import { DescribeAlarmsForMetricCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheck,
  type HealthCheckObservation,
} from '@aws-sdk/client-route-53';
import { callsTo } from './aws-call';
import { type PublicRecord, publicRecords } from './aws-traffic-records';
import { type AwsClients, GLOBAL_REGION } from './clients';

/** Route 53 calls an endpoint healthy while more than this share of its checkers reach it (Developer Guide, "How Amazon Route 53 determines whether a health check is healthy"). */
const HEALTHY_SHARE = 0.18;

export interface RecordHealth {
  region: string;
  healthy: boolean;
  /** taken out of answering by Meridian */
  drained: boolean;
  since: string;
  consecutiveFailures: number;
}

/** Health of every region that a hostname leads to; records without a health check count as healthy, as in Route 53. */
export async function recordHealth(clients: AwsClients, hostname: string): Promise<RecordHealth[]> {
  const records = await publicRecords(clients, hostname);
  return Promise.all(records.map((record) => oneHealth(clients, record)));
}

async function oneHealth(clients: AwsClients, record: PublicRecord): Promise<RecordHealth> {
  const { account, region, healthCheckId } = record;
  const known = { region, drained: false, since: new Date().toISOString() };
  if (!healthCheckId) return { ...known, healthy: true, consecutiveFailures: 0 };
  const check = await readHealthCheck(clients, account, healthCheckId);
  const verdict = isSwitchedOff(check) ? switchedOff(check) : await observed(clients, account, check);
  const since = await sinceWhen(clients, account, healthCheckId, verdict);
  // Route 53 does not tell how often in a row it failed: it fell at the threshold of its check.
  const failures = check.HealthCheckConfig?.FailureThreshold ?? 1;
  return {
    ...known,
    ...(since && { since }),
    drained: isDrained(check),
    healthy: verdict.healthy,
    consecutiveFailures: verdict.healthy ? 0 : failures,
  };
}

export async function readHealthCheck(clients: AwsClients, account: string, id: string): Promise<HealthCheck> {
  const call = callsTo(clients, { account, region: GLOBAL_REGION });
  const { HealthCheck: check } = await call(
    clients.route53(account).send(new GetHealthCheckCommand({ HealthCheckId: id })),
  );
  return check as HealthCheck;
}

/** A disabled check asks nobody and counts as healthy; inverted, as unhealthy: so a region is taken out of answering. */
export function isDrained(check: HealthCheck): boolean {
  return isSwitchedOff(check) && check.HealthCheckConfig?.Inverted === true;
}

function isSwitchedOff({ HealthCheckConfig }: HealthCheck): boolean {
  return HealthCheckConfig?.Disabled === true;
}

interface Verdict {
  healthy: boolean;
  /** when the newest look behind the verdict was */
  seenAt?: Date;
}

function switchedOff(check: HealthCheck): Verdict {
  return { healthy: !isDrained(check) };
}

/** A check that nobody has carried out yet is not healthy: a region has to prove itself first. */
async function observed(clients: AwsClients, account: string, check: HealthCheck): Promise<Verdict> {
  const call = callsTo(clients, { account, region: GLOBAL_REGION });
  const { HealthCheckObservations: seen = [] } = await call(
    clients.route53(account).send(new GetHealthCheckStatusCommand({ HealthCheckId: check.Id })),
  );
  if (seen.length === 0) return { healthy: false };
  const reached = seen.filter(succeeded).length / seen.length > HEALTHY_SHARE;
  const times = seen.flatMap(({ StatusReport }) => StatusReport?.CheckedTime?.getTime() ?? []);
  return {
    healthy: reached !== (check.HealthCheckConfig?.Inverted === true),
    ...(times.length > 0 && { seenAt: new Date(Math.max(...times)) }),
  };
}

/** The reports are sentences, the first word tells: "Success: HTTP Status Code 200, OK", "Failure: …". */
function succeeded({ StatusReport }: HealthCheckObservation): boolean {
  return StatusReport?.Status?.startsWith('Success') === true;
}

/**
 * Route 53 does not say since when; the alarm on the check does, while it agrees. CloudWatch has the metrics of health
 * checks in one region only. Otherwise the time of the newest look: it has been so at least since then.
 */
async function sinceWhen(
  clients: AwsClients,
  account: string,
  healthCheckId: string,
  { healthy, seenAt }: Verdict,
): Promise<string | undefined> {
  const place = { account, region: GLOBAL_REGION };
  const { MetricAlarms = [] } = await callsTo(
    clients,
    place,
  )(
    clients.cloudWatch(place).send(
      new DescribeAlarmsForMetricCommand({
        Namespace: 'AWS/Route53',
        MetricName: 'HealthCheckStatus',
        Dimensions: [{ Name: 'HealthCheckId', Value: healthCheckId }],
      }),
    ),
  );
  const agreeing = MetricAlarms.find(({ StateValue }) => StateValue === (healthy ? 'OK' : 'ALARM'));
  return (agreeing?.StateTransitionedTimestamp ?? agreeing?.StateUpdatedTimestamp ?? seenAt)?.toISOString();
}
