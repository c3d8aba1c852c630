import { type DBInstance, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { TAG_STORE } from '../../contracts/template-words';
import type { DeploymentScope } from '../platform';
import { callsTo } from './aws-call';
import type { AwsClients } from './clients';
import { type DeployedStack, deployedStack, physicalIds } from './deployed-stack';

/** An RDS instance of a data stack and the store that it holds. */
export interface StoreInstance {
  store: string;
  instance: DBInstance;
}

/** The databases of a region's data stack, found by what the stack made and told apart by their tags. */
export async function instancesOf(
  clients: AwsClients,
  scope: DeploymentScope,
  region: string,
  stack?: DeployedStack,
): Promise<StoreInstance[]> {
  const data = stack ?? (await deployedStack(clients, scope, region, 'data'));
  if (!data) return [];
  const call = callsTo(clients, { ...scope, region });
  const rds = clients.rds({ ...scope, region });
  const found = await Promise.all(
    physicalIds(data, 'AWS::RDS::DBInstance').map(async (id) => {
      const answer = await call(rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id })));
      const instance = answer.DBInstances?.[0];
      const store = instance?.TagList?.find(({ Key }) => Key === TAG_STORE)?.Value;
      return instance && store ? [{ store, instance }] : [];
    }),
  );
  return found.flat();
}

/** Where an instance takes its content from, an identifier in its own region or an ARN; undefined for a primary. */
export function sourceOf({ ReadReplicaSourceDBInstanceIdentifier: source }: DBInstance): string | undefined {
  return source || undefined;
}
