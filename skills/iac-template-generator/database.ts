import type { DatabaseSpec, RegionSpec } from '../../contracts/region-spec';
import {
  databaseName,
  POSTGRESQL_PORT,
  readerHost,
  TAG_STORE,
  TEMPLATE_METADATA,
  writerHost,
} from '../../contracts/template-words';
import { alarm } from './base-alarms';
import { credentialsReference } from './store-credentials';
import { getAtt, type Json, type Resources, ref, type TemplateResource, tags } from './template';

/** Days of backups; a source of read replicas must have at least one. */
const BACKUP_DAYS = 7;

/** One database of a region with its parameters, lag alarm and names. */
export function databaseResources(spec: RegionSpec, database: DatabaseSpec, name: string): Resources {
  const writer =
    database.role === 'primary' ? getAtt(`Database${name}`, 'Endpoint.Address') : ref(`WriterEndpoint${name}`);
  return {
    [`Parameters${name}`]: {
      Type: 'AWS::RDS::DBParameterGroup',
      Properties: {
        Description: `${database.name}: connections are encrypted or refused`,
        Family: `postgres${majorVersion(database.version)}`,
        Parameters: { 'rds.force_ssl': '1' },
      },
    },
    [`Database${name}`]: database.role === 'primary' ? primary(spec, database, name) : replica(database, name),
    [`LagAlarm${name}`]: lagAlarm(database, name),
    [`WriterName${name}`]: alias(writerHost(spec, database.name), writer),
    [`ReaderName${name}`]: alias(readerHost(spec, database.name), getAtt(`Database${name}`, 'Endpoint.Address')),
  };
}

function majorVersion(version: string): string {
  return version.split('.')[0] ?? version;
}

/** What primary and replica have in common. */
function instance(database: DatabaseSpec, name: string): { [property: string]: Json } {
  return {
    Engine: 'postgres',
    DBInstanceClass: ref(`InstanceClass${name}`),
    AllocatedStorage: String(database.storageGb),
    StorageType: 'gp3',
    ...(database.encrypted ? { KmsKeyId: getAtt('DatabaseKey', 'Arn') } : {}),
    MultiAZ: database.multiAz,
    PubliclyAccessible: false,
    DBSubnetGroupName: ref('DatabaseSubnets'),
    VPCSecurityGroups: [getAtt('DatabaseSecurityGroup', 'GroupId')],
    DBParameterGroupName: ref(`Parameters${name}`),
    AutoMinorVersionUpgrade: true,
    CopyTagsToSnapshot: true,
    EnablePerformanceInsights: true,
    PerformanceInsightsRetentionPeriod: 7,
    ...(database.encrypted ? { PerformanceInsightsKMSKeyId: getAtt('DatabaseKey', 'Arn') } : {}),
    EnableCloudwatchLogsExports: ['postgresql'],
    Tags: tags({ [TAG_STORE]: database.name }),
  };
}

function primary(spec: RegionSpec, database: DatabaseSpec, name: string): TemplateResource {
  return {
    Type: 'AWS::RDS::DBInstance',
    Metadata: { [TEMPLATE_METADATA]: { replication: database.replication } },
    DeletionPolicy: 'Snapshot',
    UpdateReplacePolicy: 'Snapshot',
    Properties: {
      ...instance(database, name),
      EngineVersion: database.version,
      StorageEncrypted: database.encrypted,
      DBName: databaseName(database.name),
      Port: String(POSTGRESQL_PORT),
      MasterUsername: credentialsReference(spec, database.name, 'username'),
      MasterUserPassword: credentialsReference(spec, database.name, 'password'),
      BackupRetentionPeriod: BACKUP_DAYS,
      DeletionProtection: ref('DeletionProtection'),
    },
  };
}

/**
 * A replica takes version, users, content and encryption from its source; the version is kept as metadata. Across
 * regions it needs a key of its own region, and must not say StorageEncrypted. It has no snapshot policy: CloudFormation ignores deletion policies on read replicas. Taking SourceDBInstanceIdentifier out of this
 * template would promote it.
 */
function replica(database: DatabaseSpec, name: string): TemplateResource {
  return {
    Type: 'AWS::RDS::DBInstance',
    Metadata: { [TEMPLATE_METADATA]: { replication: database.replication, version: database.version } },
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
    Properties: {
      SourceDBInstanceIdentifier: ref(`SourceArn${name}`),
      SourceRegion: database.sourceRegion ?? ref('AWS::Region'),
      ...instance(database, name),
    },
  };
}

/** The primary has the alarm too: it has no lag and no data until it comes back as a standby. */
function lagAlarm(database: DatabaseSpec, name: string): TemplateResource {
  return alarm(
    {
      AlarmDescription: `${database.name} is more than ${database.lagAlarmSeconds} s behind its primary`,
      Namespace: 'AWS/RDS',
      MetricName: 'ReplicaLag',
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: ref(`Database${name}`) }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: database.lagAlarmSeconds,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: database.role === 'primary' ? 'notBreaching' : 'breaching',
    },
    ref('AlarmTopic'),
  );
}

function alias(host: string, target: Json): TemplateResource {
  return {
    Type: 'AWS::Route53::RecordSet',
    Properties: {
      HostedZoneId: ref('PrivateZone'),
      Name: `${host}.`,
      Type: 'CNAME',
      TTL: '10',
      ResourceRecords: [target],
    },
  };
}
