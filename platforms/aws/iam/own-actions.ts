import { actionsOf } from './resource-actions';

/** What Meridian itself reads. `sts:GetCallerIdentity` needs no permission. */
export const OWN_READS = actionsOf([
  'cloudformation: DescribeStacks DescribeEvents DescribeStackEvents DescribeStackResource DescribeStackResources',
  'cloudformation: DescribeChangeSet DescribeStackDriftDetectionStatus DescribeStackResourceDrifts',
  'cloudformation: GetTemplate GetTemplateSummary ListStackResources ListStacks ListChangeSets GetStackPolicy',
  'cloudwatch: DescribeAlarms DescribeAlarmsForMetric DescribeAlarmHistory GetMetricStatistics',
  'dynamodb: DescribeTable ListTagsOfResource',
  'ecs: DescribeServices ListTasks DescribeTasks',
  'elasticloadbalancing: DescribeListeners DescribeTargetHealth',
  'rds: DescribeDBInstances DescribeDBSnapshots DescribeEvents',
  'route53: ListHostedZonesByName ListResourceRecordSets GetHealthCheck GetHealthCheckStatus GetChange',
  'route53: ListTagsForResource',
  's3: GetReplicationConfiguration GetBucketTagging',
]);

/** What Meridian itself does to stacks; everything that is in a stack, CloudFormation does in its place. */
export const STACK_WRITES = actionsOf([
  'cloudformation: CreateChangeSet ExecuteChangeSet DeleteChangeSet CreateStack UpdateStack DeleteStack RollbackStack',
  'cloudformation: ContinueUpdateRollback SetStackPolicy UpdateTerminationProtection DetectStackDrift',
  'cloudformation: DetectStackResourceDrift TagResource UntagResource',
]);

/** Operations on databases and traffic, beside CloudFormation: promotion and fence, backups, drains, writer names. */
export const OPERATION_WRITES = {
  rds: actionsOf([
    'rds: PromoteReadReplica ModifyDBInstance RebootDBInstance AddTagsToResource RemoveTagsFromResource',
  ]),
  snapshots: actionsOf([
    'rds: CreateDBSnapshot CopyDBSnapshot DeleteDBSnapshot AddTagsToResource',
    'rds: RestoreDBInstanceFromDBSnapshot RestoreDBInstanceToPointInTime',
  ]),
  healthChecks: actionsOf(['route53: UpdateHealthCheck ChangeTagsForResource']),
} as const;

/** The bucket through which large templates reach CloudFormation. */
export const TEMPLATE_BUCKET_ACTIONS = actionsOf([
  's3: CreateBucket ListBucket PutObject GetObject PutEncryptionConfiguration PutBucketVersioning',
  's3: PutBucketPublicAccessBlock',
]);
