/**
 * What CloudFormation calls, with the credentials of whoever executes a change set, to make, change, read and delete
 * what our templates hold. From `handlers.*.permissions` of the CloudFormation resource schemas (as packaged with
 * cfn-lint 1.58, 2026-11), without what belongs to properties that the templates do not set. `service:` is said once,
 * in front of its actions.
 */
export const RESOURCE_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Alarm': [
    'cloudwatch: PutMetricAlarm DeleteAlarms DescribeAlarms ListTagsForResource TagResource UntagResource',
  ],
  'AWS::CloudWatch::Dashboard': ['cloudwatch: PutDashboard DeleteDashboards GetDashboard'],
  'AWS::DynamoDB::GlobalTable': [
    'dynamodb: CreateTable CreateTableReplica DeleteTable DeleteTableReplica UpdateTable UpdateContinuousBackups',
    'dynamodb: UpdateContributorInsights UpdateTimeToLive TagResource UntagResource ListTagsOfResource',
    'dynamodb: DescribeTable DescribeContinuousBackups DescribeContributorInsights DescribeTimeToLive',
    'dynamodb: DescribeKinesisStreamingDestination DescribeTableReplicaAutoScaling DescribeGlobalTableSettings',
    // a new replica is filled from the others in the name of whoever asked for it
    'dynamodb: BatchWriteItem DeleteItem GetItem GetResourcePolicy PutItem Query Scan UpdateItem',
    'kms: CreateGrant Decrypt DescribeKey',
    'application-autoscaling: DescribeScalableTargets DescribeScalingPolicies DescribeScheduledActions',
  ],
  'AWS::EC2::EIP': ['ec2: AllocateAddress ReleaseAddress DisassociateAddress DescribeAddresses CreateTags DeleteTags'],
  'AWS::EC2::InternetGateway': [
    'ec2: CreateInternetGateway DeleteInternetGateway DescribeInternetGateways CreateTags DeleteTags',
  ],
  'AWS::EC2::NatGateway': ['ec2: CreateNatGateway DeleteNatGateway DescribeNatGateways CreateTags DeleteTags'],
  'AWS::EC2::Route': ['ec2: CreateRoute DeleteRoute ReplaceRoute DescribeRouteTables DescribeNetworkInterfaces'],
  'AWS::EC2::RouteTable': ['ec2: CreateRouteTable DeleteRouteTable DescribeRouteTables CreateTags DeleteTags'],
  'AWS::EC2::SecurityGroup': [
    'ec2: CreateSecurityGroup DeleteSecurityGroup DescribeSecurityGroups CreateTags DeleteTags',
    'ec2: AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress RevokeSecurityGroupEgress',
    'ec2: RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress',
    'ec2: UpdateSecurityGroupRuleDescriptionsIngress DescribeSecurityGroupRules',
  ],
  'AWS::EC2::Subnet': [
    'ec2: CreateSubnet DeleteSubnet ModifySubnetAttribute DescribeSubnets DescribeNetworkAcls CreateTags DeleteTags',
  ],
  'AWS::EC2::SubnetRouteTableAssociation': [
    'ec2: AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation DescribeRouteTables DescribeSubnets',
  ],
  'AWS::EC2::VPC': [
    'ec2: CreateVpc DeleteVpc ModifyVpcAttribute DescribeVpcs DescribeVpcAttribute DescribeNetworkAcls',
    'ec2: DescribeSecurityGroups DescribeAvailabilityZones CreateTags DeleteTags',
  ],
  'AWS::EC2::VPCGatewayAttachment': [
    'ec2: AttachInternetGateway DetachInternetGateway DescribeInternetGateways DescribeVpnGateways',
  ],
  'AWS::EC2::VPCPeeringConnection': [
    'ec2: CreateVpcPeeringConnection AcceptVpcPeeringConnection DeleteVpcPeeringConnection',
    'ec2: ModifyVpcPeeringConnectionOptions DescribeVpcPeeringConnections CreateTags DeleteTags',
  ],
  'AWS::ECS::Cluster': [
    'ecs: CreateCluster DeleteCluster UpdateCluster UpdateClusterSettings DescribeClusters ListTagsForResource',
    'ecs: TagResource UntagResource',
  ],
  'AWS::ECS::Service': [
    'ecs: CreateService DeleteService UpdateService StopServiceDeployment DescribeServices ListTagsForResource',
    'ecs: DescribeServiceDeployments ListServiceDeployments TagResource UntagResource',
    'servicediscovery: GetNamespace',
  ],
  'AWS::ECS::TaskDefinition': [
    'ecs: RegisterTaskDefinition DeregisterTaskDefinition DescribeTaskDefinition ListTagsForResource',
    'ecs: TagResource UntagResource',
    'iam: GetRole',
  ],
  'AWS::ElasticLoadBalancingV2::Listener': [
    'elasticloadbalancing: CreateListener DeleteListener ModifyListener ModifyListenerAttributes DescribeListeners',
    'elasticloadbalancing: DescribeListenerAttributes DescribeTags AddTags RemoveTags',
  ],
  'AWS::ElasticLoadBalancingV2::ListenerRule': [
    'elasticloadbalancing: CreateRule DeleteRule ModifyRule SetRulePriorities DescribeRules DescribeTags AddTags',
    'elasticloadbalancing: RemoveTags',
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': [
    'elasticloadbalancing: CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetSecurityGroups',
    'elasticloadbalancing: SetSubnets DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeTags AddTags',
    'elasticloadbalancing: DescribeCapacityReservation RemoveTags',
  ],
  'AWS::ElasticLoadBalancingV2::TargetGroup': [
    'elasticloadbalancing: CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes',
    'elasticloadbalancing: DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth DescribeTags',
    'elasticloadbalancing: AddTags RemoveTags',
    'ec2: DescribeVpcs',
  ],
  'AWS::IAM::Role': [
    'iam: CreateRole DeleteRole UpdateRole UpdateAssumeRolePolicy PutRolePolicy DeleteRolePolicy GetRole GetRolePolicy',
    'iam: AttachRolePolicy DetachRolePolicy',
    'iam: ListRolePolicies ListAttachedRolePolicies TagRole UntagRole',
  ],
  'AWS::KMS::Alias': ['kms: CreateAlias DeleteAlias UpdateAlias ListAliases'],
  'AWS::KMS::Key': [
    'kms: CreateKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation PutKeyPolicy ScheduleKeyDeletion',
    'kms: UpdateKeyDescription TagResource UntagResource DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags',
  ],
  'AWS::Logs::LogGroup': [
    'logs: CreateLogGroup DeleteLogGroup AssociateKmsKey DisassociateKmsKey PutRetentionPolicy DeleteRetentionPolicy',
    'logs: DescribeLogGroups DescribeIndexPolicies GetDataProtectionPolicy ListTagsForResource TagResource UntagResource',
    'logs: DescribeResourcePolicies',
  ],
  'AWS::RDS::DBInstance': [
    'rds: CreateDBInstance CreateDBInstanceReadReplica CreateDBSnapshot DeleteDBInstance ModifyDBInstance',
    'rds: PromoteReadReplica RebootDBInstance AddTagsToResource RemoveTagsFromResource DescribeDBInstances',
    'rds: DescribeDBInstanceAutomatedBackups DescribeDBSnapshots DescribeDBParameterGroups DescribeDBEngineVersions',
    'rds: DescribeEvents ListTagsForResource',
    'ec2: DescribeAccountAttributes DescribeAvailabilityZones DescribeInternetGateways DescribeSecurityGroups',
    'ec2: DescribeSubnets DescribeVpcAttribute DescribeVpcs',
    'kms: CreateGrant DescribeKey',
  ],
  'AWS::RDS::DBParameterGroup': [
    'rds: CreateDBParameterGroup DeleteDBParameterGroup ModifyDBParameterGroup ResetDBParameterGroup',
    'rds: DescribeDBParameterGroups DescribeDBParameters DescribeEngineDefaultParameters ListTagsForResource',
    'rds: AddTagsToResource RemoveTagsFromResource',
  ],
  'AWS::RDS::DBSubnetGroup': [
    'rds: CreateDBSubnetGroup DeleteDBSubnetGroup ModifyDBSubnetGroup DescribeDBSubnetGroups ListTagsForResource',
    'rds: AddTagsToResource RemoveTagsFromResource',
    'ec2: DescribeSubnets DescribeVpcs',
  ],
  'AWS::Route53::HealthCheck': [
    'route53: CreateHealthCheck DeleteHealthCheck UpdateHealthCheck GetHealthCheck ChangeTagsForResource',
    'route53: ListTagsForResource',
  ],
  'AWS::Route53::HostedZone': [
    'route53: CreateHostedZone DeleteHostedZone AssociateVPCWithHostedZone DisassociateVPCFromHostedZone',
    'route53: UpdateHostedZoneComment GetHostedZone GetChange ListQueryLoggingConfigs ListTagsForResource',
    'route53: ChangeTagsForResource',
    'ec2: DescribeVpcs',
  ],
  'AWS::Route53::RecordSet': [
    'route53: ChangeResourceRecordSets GetChange GetHostedZone ListHostedZones ListResourceRecordSets',
  ],
  'AWS::S3::Bucket': [
    's3: CreateBucket DeleteBucket PutBucketVersioning PutEncryptionConfiguration PutBucketPublicAccessBlock',
    's3: PutBucketOwnershipControls PutLifecycleConfiguration PutReplicationConfiguration PutBucketTagging TagResource',
    's3: UntagResource ListBucket GetBucketVersioning GetEncryptionConfiguration GetBucketPublicAccessBlock',
    's3: GetBucketOwnershipControls GetLifecycleConfiguration GetReplicationConfiguration GetBucketTagging',
    's3: ListTagsForResource GetBucketAcl GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketCORS',
    's3: GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration GetBucketWebsite',
    's3: GetIntelligentTieringConfiguration GetInventoryConfiguration GetMetricsConfiguration GetBucketAbac',
  ],
  'AWS::S3::BucketPolicy': ['s3: PutBucketPolicy DeleteBucketPolicy GetBucketPolicy'],
  'AWS::SNS::Topic': [
    'sns: CreateTopic DeleteTopic SetTopicAttributes GetTopicAttributes GetDataProtectionPolicy TagResource',
    'sns: UntagResource ListSubscriptionsByTopic ListTagsForResource',
  ],
  'AWS::SecretsManager::Secret': [
    'secretsmanager: CreateSecret DeleteSecret UpdateSecret ReplicateSecretToRegions RemoveRegionsFromReplication',
    'secretsmanager: TagResource UntagResource DescribeSecret GetSecretValue GetRandomPassword',
  ],
  'AWS::ServiceDiscovery::HttpNamespace': [
    'servicediscovery: CreateHttpNamespace DeleteNamespace UpdateHttpNamespace GetNamespace GetOperation',
    'servicediscovery: ListTagsForResource TagResource UntagResource',
  ],
};

/** Actions of a list such as the above, each with its service. */
export function actionsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [service = '', names = ''] = line.split(': ');
    return names.split(' ').map((name) => `${service}:${name}`);
  });
}
