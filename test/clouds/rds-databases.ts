import {
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  CreateDBInstanceReadReplicaCommand,
} from '@aws-sdk/client-rds';
import type { AwsClients } from '../../platforms/aws/clients';
import type { RecordedRequest } from './recording-endpoint';

const ACCOUNT = 'default';
const Tags = [{ Key: 'meridian:store', Value: 'orders-db' }];

/** Makes the instance `orders-REGION` and returns its ARN; `how` adds to what any of them has. */
export async function createDatabase(
  clients: AwsClients,
  region: string,
  how: Partial<CreateDBInstanceCommandInput> = {},
): Promise<string> {
  const asked = new CreateDBInstanceCommand({
    DBInstanceIdentifier: `orders-${region}`,
    Engine: 'postgres',
    DBInstanceClass: 'db.t4g.small',
    AllocatedStorage: 20,
    MasterUsername: 'meridian_app',
    MasterUserPassword: 'not-a-secret-1',
    Tags,
    ...how,
  });
  return (await clients.rds({ account: ACCOUNT, region }).send(asked)).DBInstance?.DBInstanceArn ?? '';
}

export async function createReplica(clients: AwsClients, region: string, source: string): Promise<void> {
  const asked = { DBInstanceIdentifier: `orders-${region}`, SourceDBInstanceIdentifier: source, Tags };
  await clients.rds({ account: ACCOUNT, region }).send(new CreateDBInstanceReadReplicaCommand(asked));
}

/** Answers of RDS about restarts: each is an event from then on (RDS user guide, RDS-EVENT-0006). */
export function answerRestarts(): (request: RecordedRequest) => string | undefined {
  const restarts: Date[] = [];
  return ({ service, action, parameters }) => {
    if (service !== 'rds') return undefined;
    if (action === 'RebootDBInstance') {
      restarts.push(new Date());
      return '<RebootDBInstanceResponse><RebootDBInstanceResult/></RebootDBInstanceResponse>';
    }
    if (action !== 'DescribeEvents') return undefined;
    const events = restarts
      .filter((at) => at >= new Date(String(parameters.StartTime)))
      .map((at) => `<Event><Message>DB instance restarted</Message><Date>${at.toISOString()}</Date></Event>`);
    return `<DescribeEventsResponse><DescribeEventsResult><Events>${events.join('')}</Events></DescribeEventsResult></DescribeEventsResponse>`;
  };
}
