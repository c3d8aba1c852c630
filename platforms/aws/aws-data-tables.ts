import { DescribeTableCommand, type TableDescription } from '@aws-sdk/client-dynamodb';
import type { DatabaseStatus } from '../../contracts/replication';
import { tableName } from '../../contracts/template-words';
import { callsTo } from './aws-call';
import type { StorePlace } from './aws-data-session';
import { datapoints } from './aws-data-status';
import { errorName } from './aws-failure';
import type { AwsClients } from './clients';
import { deployedStack, physicalIds } from './deployed-stack';

/** CloudWatch is minutes behind, and has values only while something is written. */
const WINDOW_MS = 5 * 60_000;

/**
 * The copy of a global table in a region; undefined when there is none. Every copy takes writes: the one whose region
 * holds the stack is called the primary, the others its standbys. The lag is the newest latency that any of the others
 * measured on the way here; without a write there is none, and it stays unknown.
 */
export async function tableStatus(clients: AwsClients, place: StorePlace): Promise<DatabaseStatus | undefined> {
  const name = tableName(place, place.store);
  const table = await describeTable(clients, place, name);
  if (!table) return undefined;
  const stack = await deployedStack(clients, place, place.region, 'data');
  const isHome = stack !== undefined && physicalIds(stack, 'AWS::DynamoDB::GlobalTable').includes(name);
  const lagMs = isHome ? undefined : await lag(clients, place, name, table);
  return {
    region: place.region,
    store: place.store,
    reachable: table.TableStatus === 'ACTIVE',
    role: isHome ? 'primary' : 'standby',
    // DynamoDB Developer Guide, "Encryption in transit": copies travel through the network of AWS by TLS only.
    tls: true,
    ...(lagMs !== undefined && { lagMs }),
  };
}

async function describeTable(
  clients: AwsClients,
  place: StorePlace,
  TableName: string,
): Promise<TableDescription | undefined> {
  const answer = clients.dynamoDb(place).send(new DescribeTableCommand({ TableName }));
  return callsTo(
    clients,
    place,
  )(
    answer.then(
      ({ Table }) => Table,
      (error) => {
        if (errorName(error) === 'ResourceNotFoundException') return undefined;
        throw error;
      },
    ),
  );
}

async function lag(
  clients: AwsClients,
  { account, region }: StorePlace,
  table: string,
  { Replicas = [] }: TableDescription,
): Promise<number | undefined> {
  const others = Replicas.flatMap(({ RegionName }) => (RegionName && RegionName !== region ? [RegionName] : []));
  const newest = await Promise.all(
    others.map(async (source) => {
      const points = await datapoints(
        clients,
        { account, region: source },
        {
          namespace: 'AWS/DynamoDB',
          metric: 'ReplicationLatency',
          dimensions: { TableName: table, ReceivingRegion: region },
          sinceMs: Date.now() - WINDOW_MS,
        },
      );
      return points.at(-1)?.maximum ?? [];
    }),
  );
  const measured = newest.flat();
  return measured.length > 0 ? Math.max(...measured) : undefined;
}
