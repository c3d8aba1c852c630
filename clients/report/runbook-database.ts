import type { DeploymentPlan } from '../../contracts/plan';
import type { DeploymentRequest } from '../../contracts/request';
import type { StackKind } from '../../contracts/stack';
import { writerHost } from '../../contracts/template-words';
import { formatMs } from '../format';

export interface StoreNames {
  store: string;
  /** the part of the logical ids in the data template that names the store */
  logicalName: string;
}

export interface FailoverNames {
  primary: string;
  successor: string;
  regions: string[];
  stores: StoreNames[];
  stack(kind: StackKind, region?: string): { region: string; name: string };
}

/** Shell text that finds the database of a store in a region. */
function databaseId({ stack }: FailoverNames, region: string, { logicalName }: StoreNames): string {
  return `$(resource ${region} ${stack('data', region).name} Database${logicalName})`;
}

/**
 * On RDS a replica can be promoted while its source still takes writes. Closing the security group stops new
 * connections, the reboot ends those that exist. (An instance with replicas cannot be stopped.)
 */
export function fenceStep(names: FailoverNames): string {
  const { primary, stack, stores } = names;
  return `## Fence ${primary}

Close the databases and end every session. If ${primary} does not answer at all, its control plane may still: these
calls are made from outside.

\`\`\`
GROUP=$(resource ${primary} ${stack('data', primary).name} DatabaseSecurityGroup)
RULES=$(aws ec2 describe-security-group-rules --region ${primary} --filters Name=group-id,Values="$GROUP" \\
  --query 'SecurityGroupRules[?!IsEgress].SecurityGroupRuleId' --output text)
aws ec2 revoke-security-group-ingress --region ${primary} --group-id "$GROUP" --security-group-rule-ids $RULES
${stores.map((store) => `aws rds reboot-db-instance --region ${primary} --db-instance-identifier "${databaseId(names, primary, store)}"`).join('\n')}
\`\`\`

Proof, before going on: no connection is left.

\`\`\`
${stores.map((store) => metricCommand(primary, 'DatabaseConnections', databaseId(names, primary, store))).join('\n')}
\`\`\`

Without this proof, promoting means accepting that writes to ${primary} are lost or contradict later ones. That is a
decision of a named person: write down who, and until when.`;
}

export function promoteStep(names: FailoverNames, { replication }: DeploymentPlan): string {
  const { successor, stores } = names;
  const thresholds = replication.stores.map(({ store, lagThresholdMs }) => `${store} ${formatMs(lagThresholdMs)}`);
  return `## Promote ${successor}

How far behind is it? Accepted: ${thresholds.join(', ')}. What it has not received is lost.

\`\`\`
${stores.map((store) => metricCommand(successor, 'ReplicaLag', databaseId(names, successor, store))).join('\n')}
\`\`\`

\`\`\`
${stores
  .map((store) => databaseId(names, successor, store))
  .map(
    (id) => `aws rds promote-read-replica --region ${successor} --db-instance-identifier "${id}"
aws rds wait db-instance-available --region ${successor} --db-instance-identifier "${id}"`,
  )
  .join('\n')}
\`\`\``;
}

/** Tasks find the writer by a private name; every region has its own copy of the zone. */
export function repointStep(names: FailoverNames, request: DeploymentRequest): string {
  const { primary, successor, regions, stack, stores } = names;
  const living = regions.filter((region) => region !== primary);
  const lines = stores.flatMap((store) => [
    `ENDPOINT=$(aws rds describe-db-instances --region ${successor} --db-instance-identifier "${databaseId(names, successor, store)}" \\
  --query 'DBInstances[0].Endpoint.Address' --output text)`,
    ...living.map(
      (
        region,
      ) => `aws route53 change-resource-record-sets --hosted-zone-id "$(resource ${region} ${stack('data', region).name} PrivateZone)" \\
  --change-batch "{\\"Changes\\":[{\\"Action\\":\\"UPSERT\\",\\"ResourceRecordSet\\":{\\"Name\\":\\"${writerHost(request, store.store)}\\",\\"Type\\":\\"CNAME\\",\\"TTL\\":10,\\"ResourceRecords\\":[{\\"Value\\":\\"$ENDPOINT\\"}]}}]}"`,
    ),
  ]);
  return `## Lead writes to ${successor}

In each region that lives (${living.join(', ')}):

\`\`\`
${lines.join('\n')}
\`\`\``;
}

function metricCommand(region: string, metric: string, databaseIdText: string): string {
  return `aws cloudwatch get-metric-statistics --region ${region} --namespace AWS/RDS --metric-name ${metric} \\
  --dimensions Name=DBInstanceIdentifier,Value="${databaseIdText}" --statistics Maximum --period 60 \\
  --start-time "$(date -u -d '5 minutes ago' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)"`;
}
