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

const LEAVES_A_SNAPSHOT = { DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' } as const;

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
    [`Database${name}`]: resource(spec, database, name),
    [`LagAlarm${name}`]: lagAlarm(database, name),
    [`WriterName${name}`]: alias(writerHost(spec, database.name), writer),
    [`ReaderName${name}`]: alias(readerHost(spec, database.name), getAtt(`Database${name}`, 'Endpoint.Address')),
  };
}

function majorVersion(version: string): string {
  return version.split('.')[0] ?? version;
}

/** What all databases have in common. Replicas keep backups as well: a promoted one is protected from its first write. */
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
    BackupRetentionPeriod: BACKUP_DAYS,
    AutoMinorVersionUpgrade: true,
    CopyTagsToSnapshot: true,
    EnablePerformanceInsights: true,
    PerformanceInsightsRetentionPeriod: 7,
    ...(database.encrypted ? { PerformanceInsightsKMSKeyId: getAtt('DatabaseKey', 'Arn') } : {}),
    MonitoringInterval: 60,
    MonitoringRoleArn: getAtt('MonitoringRole', 'Arn'),
    EnableIAMDatabaseAuthentication: true,
    EnableCloudwatchLogsExports: ['postgresql'],
    Tags: tags({ [TAG_STORE]: database.name }),
  };
}

function resource(spec: RegionSpec, database: DatabaseSpec, name: string): TemplateResource {
  if (database.role === 'replica') return replica(database, name);
  return database.copiedFrom === undefined ? created(spec, database, name) : promoted(database, name);
}

/** A database made empty, with the application's database and owner: a primary, also after it lost that role. */
function created(spec: RegionSpec, database: DatabaseSpec, name: string): TemplateResource {
  return {
    Type: 'AWS::RDS::DBInstance',
    Metadata: { [TEMPLATE_METADATA]: replicationWords(database) },
    ...LEAVES_A_SNAPSHOT,
    Properties: {
      ...instance(database, name),
      EngineVersion: database.version,
      StorageEncrypted: database.encrypted,
      DBName: databaseName(database.name),
      Port: String(POSTGRESQL_PORT),
      MasterUsername: credentialsReference(spec, database.name, 'username'),
      MasterUserPassword: credentialsReference(spec, database.name, 'password'),
      DeletionProtection: ref('DeletionProtection'),
    },
  };
}

/**
 * A replica takes version, users, content and encryption from its source; the version is kept as metadata. Across
 * regions it needs a key of its own region, and must not say StorageEncrypted. It has no snapshot policy:
 * CloudFormation ignores deletion policies on read replicas.
 */
function replica(database: DatabaseSpec, name: string): TemplateResource {
  return {
    Type: 'AWS::RDS::DBInstance',
    Metadata: inheritedWords(database),
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
    Properties: {
      SourceDBInstanceIdentifier: ref(`SourceArn${name}`),
      SourceRegion: database.sourceRegion ?? ref('AWS::Region'),
      ...instance(database, name),
    },
  };
}

/**
 * What was a replica: the same without its source, which is how CloudFormation promotes one. Whatever only a new
 * instance takes (SourceRegion, DBName, Port, MasterUsername, StorageEncrypted) stays as the replica had it, or
 * CloudFormation would make the database again, empty.
 */
function promoted(database: DatabaseSpec, name: string): TemplateResource {
  return {
    Type: 'AWS::RDS::DBInstance',
    Metadata: inheritedWords(database),
    ...LEAVES_A_SNAPSHOT,
    Properties: {
      SourceRegion: database.copiedFrom ?? ref('AWS::Region'),
      ...instance(database, name),
      DeletionProtection: ref('DeletionProtection'),
    },
  };
}

/** What a copy has from its source, so that no property of its own says it. */
function inheritedWords(database: DatabaseSpec): Json {
  return { [TEMPLATE_METADATA]: { ...replicationWords(database), version: database.version } };
}

/** How the database takes part in replication: CloudFormation has no property for it. Most are promotable: only others say so. */
function replicationWords({ replication, quorum, whenDegraded, promotable }: DatabaseSpec): { [word: string]: Json } {
  return {
    replication,
    ...(quorum !== undefined && { quorum }),
    ...(whenDegraded !== undefined && { whenDegraded }),
    ...(!promotable && { promotable }),
  };
}

/** Only a replica has a lag; the others have the alarm too, for the day on which they follow again. */
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
      TreatMissingData: database.role === 'replica' ? 'breaching' : 'notBreaching',
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
