import { digestOf } from '../../contracts/digest';
import type { GlobalStoreSpec, RegionSpec } from '../../contracts/region-spec';
import { type ApplicationKey, TAG_STORE } from '../../contracts/template-words';
import { alarm } from './base-alarms';
import { pascalCase } from './logical-names';
import { storeKeyArn, storeKeyStatement } from './store-key';
import { getAtt, type Json, type Resources, ref, sub, type TemplateResource, tags } from './template';

type BucketSpec = Extract<GlobalStoreSpec, { engine: 's3' }>;

/** Bucket names are at most 63 long; account and region take 28 of them. */
const NAME_LENGTH = 20;
const DIGEST_LENGTH = 10;
/** Replication Time Control knows this threshold only, minutes. */
const REPLICATION_MINUTES = 15;
/** Earlier versions and deleted objects are kept this long, days. */
const EARLIER_VERSIONS_DAYS = 90;

/**
 * The bucket of a store in a region. Names of buckets are unique in the world and short: the digest stands for
 * application, environment and store.
 */
export function bucketName({ application, environment }: ApplicationKey, store: string, region: string): string {
  const digest = digestOf(`${application}/${environment}/${store}`).slice(0, DIGEST_LENGTH);
  return `${store.slice(0, NAME_LENGTH)}-${digest}-\${AWS::AccountId}-${region}`;
}

export function bucketArn(key: ApplicationKey, store: string, region: string): string {
  return `arn:\${AWS::Partition}:s3:::${bucketName(key, store, region)}`;
}

/**
 * One bucket of a region with its policy and, where it sends copies, the role, the rules and an alarm for each of them.
 * Bucket and policy stay when the stack goes; only what CloudFormation itself undoes while it makes them, it deletes.
 */
export function bucketResources(spec: RegionSpec, store: BucketSpec, name: string, dependsOn?: string[]): Resources {
  const copies = store.copiesTo.length > 0;
  return {
    [`Bucket${name}`]: bucket(spec, store, name, dependsOn),
    [`BucketPolicy${name}`]: tlsOnly(name),
    ...(copies ? { [`ReplicationRole${name}`]: replicationRole(spec, store) } : {}),
    ...Object.fromEntries(
      store.copiesTo.map((region) => [`LagAlarm${name}${pascalCase(region)}`, lagAlarm(spec, store, region)]),
    ),
  };
}

function bucket(spec: RegionSpec, store: BucketSpec, name: string, dependsOn: string[] | undefined): TemplateResource {
  return {
    Type: 'AWS::S3::Bucket',
    ...(dependsOn ? { DependsOn: dependsOn } : {}),
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: sub(bucketName(spec, store.name, spec.region)),
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: storeKeyArn(spec, spec.region),
            },
          },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'earlier-versions',
            Status: 'Enabled',
            NoncurrentVersionExpiration: { NoncurrentDays: EARLIER_VERSIONS_DAYS },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          },
        ],
      },
      ...(store.copiesTo.length > 0 ? { ReplicationConfiguration: replication(spec, store, name) } : {}),
      Tags: tags({ [TAG_STORE]: store.name }),
    },
  };
}

function replication(spec: RegionSpec, store: BucketSpec, name: string): Json {
  const time = { Minutes: REPLICATION_MINUTES };
  return {
    Role: getAtt(`ReplicationRole${name}`, 'Arn'),
    Rules: store.copiesTo.map((region, index) => ({
      Id: `to-${region}`,
      Priority: index + 1,
      Status: 'Enabled',
      Filter: { Prefix: '' },
      DeleteMarkerReplication: { Status: 'Enabled' },
      SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
      Destination: {
        Bucket: sub(bucketArn(spec, store.name, region)),
        EncryptionConfiguration: { ReplicaKmsKeyID: storeKeyArn(spec, region) },
        ReplicationTime: { Status: 'Enabled', Time: time },
        Metrics: { Status: 'Enabled', EventThreshold: time },
      },
    })),
  };
}

function tlsOnly(name: string): TemplateResource {
  const arn = getAtt(`Bucket${name}`, 'Arn');
  return {
    Type: 'AWS::S3::BucketPolicy',
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Bucket: ref(`Bucket${name}`),
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'TlsOnly',
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [arn, { 'Fn::Join': ['', [arn, '/*']] }],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  };
}

/** What S3 needs to copy encrypted objects (S3 user guide, "Setting up permissions for live replication"). */
function replicationRole(spec: RegionSpec, store: BucketSpec): TemplateResource {
  const own = bucketArn(spec, store.name, spec.region);
  const copies = store.copiesTo.map((region) => sub(`${bucketArn(spec, store.name, region)}/*`));
  const allow = (Action: string[], Resource: Json[]): Json => ({ Effect: 'Allow', Action, Resource });
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 's3.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
          },
        ],
      },
      Policies: [
        {
          PolicyName: 'copy-objects',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], [sub(own)]),
              allow(
                ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
                [sub(`${own}/*`)],
              ),
              allow(['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], copies),
              storeKeyStatement(spec, { region: spec.region, service: 's3', actions: ['kms:Decrypt'] }),
              ...store.copiesTo.map((region) =>
                storeKeyStatement(spec, { region, service: 's3', actions: ['kms:Encrypt', 'kms:GenerateDataKey'] }),
              ),
            ],
          },
        },
      ],
    },
  };
}

function lagAlarm(spec: RegionSpec, store: BucketSpec, region: string): TemplateResource {
  return alarm(
    {
      AlarmDescription: `objects of ${store.name} arrive in ${region} more than ${store.lagAlarmSeconds} s later`,
      Namespace: 'AWS/S3',
      MetricName: 'ReplicationLatency',
      Dimensions: [
        { Name: 'SourceBucket', Value: sub(bucketName(spec, store.name, spec.region)) },
        { Name: 'DestinationBucket', Value: sub(bucketName(spec, store.name, region)) },
        { Name: 'RuleId', Value: `to-${region}` },
      ],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: store.lagAlarmSeconds,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    },
    ref('AlarmTopic'),
  );
}
