import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import type { DBInstance } from '@aws-sdk/client-rds';
import type { DatabaseStatus } from '../../contracts/replication';
import type { StoreRef } from '../platform';
import { callsTo } from './aws-call';
import { sourceOf } from './aws-data-instances';
import type { AwsClients } from './clients';

/** CloudWatch has one value a minute, some minutes late: older ones say nothing about now. */
const LAG_WINDOW_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

type Place = StoreRef & { region: string };

/** An RDS instance as its control plane and CloudWatch describe it; nobody connects to it. */
export async function instanceStatus(clients: AwsClients, place: Place, instance: DBInstance): Promise<DatabaseStatus> {
  const source = sourceOf(instance);
  const known: DatabaseStatus = {
    region: place.region,
    store: place.store,
    reachable: instance.DBInstanceStatus === 'available',
    role: source ? 'standby' : 'primary',
    multiAz: instance.MultiAZ === true,
  };
  if (!source) return known;
  const lagMs = replicates(instance) ? await lag(clients, place, instance) : undefined;
  // RDS User Guide, cross-region read replicas: the channel between source and replica is always encrypted.
  return { ...known, tls: true, ...(lagMs !== undefined && { lagMs }) };
}

function replicates({ StatusInfos }: DBInstance): boolean {
  const state = StatusInfos?.find(({ StatusType }) => StatusType === 'read replication');
  return state?.Normal !== false;
}

/** The newest lag in milliseconds; undefined when CloudWatch has none. RDS reports -1 while nothing is replicated. */
async function lag(
  clients: AwsClients,
  place: Place,
  { DBInstanceIdentifier }: DBInstance,
): Promise<number | undefined> {
  const points = await datapoints(clients, place, {
    namespace: 'AWS/RDS',
    metric: 'ReplicaLag',
    dimensions: { DBInstanceIdentifier: DBInstanceIdentifier ?? '' },
    sinceMs: Date.now() - LAG_WINDOW_MS,
  });
  const newest = points.at(-1)?.maximum;
  return newest === undefined || newest < 0 ? undefined : newest * 1_000;
}

export interface MetricQuestion {
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  sinceMs: number;
}

/** Maxima per minute of a metric, oldest first; `at` is where each minute begins, epoch milliseconds. */
export async function datapoints(
  clients: AwsClients,
  place: { account: string; region: string },
  { namespace, metric, dimensions, sinceMs }: MetricQuestion,
): Promise<Array<{ at: number; maximum: number }>> {
  const call = callsTo(clients, place);
  const startMs = Math.floor(sinceMs / MINUTE_MS) * MINUTE_MS;
  const { Datapoints = [] } = await call(
    clients.cloudWatch(place).send(
      new GetMetricStatisticsCommand({
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: new Date(startMs),
        EndTime: new Date(Math.max(Date.now(), startMs) + MINUTE_MS),
        Period: MINUTE_MS / 1_000,
        Statistics: ['Maximum'],
      }),
    ),
  );
  return Datapoints.flatMap(({ Timestamp, Maximum }) =>
    Timestamp && Maximum !== undefined ? [{ at: Timestamp.getTime(), maximum: Maximum }] : [],
  ).sort((a, b) => a.at - b.at);
}
