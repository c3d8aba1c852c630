import type { DatabaseSpec, GlobalStoreSpec, RegionSpec } from '../../contracts/region-spec';
import { POSTGRESQL_PORT, privateZone } from '../../contracts/template-words';
import { isDeletionProtected } from '../../policies/stateful-resources';
import { bucketResources } from './bucket';
import { databaseResources } from './database';
import { encryptionKey } from './encryption-key';
import { logicalNames } from './logical-names';
import type { RenderedStack } from './schema';
import { tcp } from './security-groups';
import { outputOf } from './stack-names';
import { tableResources } from './table';
import { getAtt, type Json, type Resources, ref, renderStack, sub, type TemplateParameter } from './template';

/**
 * The data stack of a region: its databases, who may reach them, and the names by which tasks find them.
 * @param writers per store: the region whose database takes the writes
 */
export function renderData(spec: RegionSpec, writers: ReadonlyMap<string, string>): RenderedStack {
  const logical = logicalNames(spec.databases.map((database) => database.name));
  const resources: Resources = spec.databases.length > 0 ? sharedResources(spec) : {};
  for (const database of spec.databases)
    Object.assign(resources, databaseResources(spec, database, logical(database.name)));
  Object.assign(resources, homeStoreResources(spec));
  return renderStack({
    description: `${spec.application} ${spec.environment} in ${spec.region}: data stores`,
    metadata: { kind: 'data', region: spec.region },
    parameters: parameters(spec, { logical, writers, hasAlarms: hasAlarms(resources) }),
    resources,
    outputs: Object.assign(
      closedGroup(spec),
      ...spec.databases.map((database) => databaseOutputs(database, logical(database.name))),
    ),
  });
}

/** The tables and buckets whose home is here. */
function homeStoreResources(spec: RegionSpec): Resources {
  const logical = logicalNames(spec.globalStores.map(({ name }) => name));
  const resources: Resources = {};
  for (const store of spec.globalStores.filter(({ home }) => home === spec.region)) {
    const name = logical(store.name);
    const made = store.engine === 's3' ? bucketResources(spec, store, name) : tableResources(spec, store, name);
    Object.assign(resources, made);
  }
  return resources;
}

function sharedResources(spec: RegionSpec): Resources {
  return {
    DatabaseKey: encryptionKey({
      description: `databases of ${spec.application} ${spec.environment}`,
      uses: [],
      // a deleted primary leaves a snapshot, which this key opens
      outlivesStack: spec.databases.some(isIndependent),
    }),
    MonitoringRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'monitoring.rds.amazonaws.com' },
              Action: 'sts:AssumeRole',
              Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
            },
          ],
        },
        ManagedPolicyArns: [sub(`arn:\${AWS::Partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`)],
      },
    },
    DatabaseSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'databases: from the tasks of this region and of its peers',
        VpcId: ref('VpcId'),
        SecurityGroupIngress: [
          tcp(POSTGRESQL_PORT, { SourceSecurityGroupId: ref('TasksSecurityGroup') }, 'tasks of this region'),
          ...spec.peerings.map((peering) =>
            tcp(POSTGRESQL_PORT, { CidrIp: peering.cidr }, `tasks of ${peering.region}`),
          ),
        ],
        // No rule at all would mean every rule; a database opens no connections of its own.
        SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '127.0.0.1/32', Description: 'nothing leaves' }],
      },
    },
    // Takes the place of the other in a fence. The one rule, which no packet can match, lets drift detection see others.
    ClosedSecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'a fenced database: nobody comes in',
        VpcId: ref('VpcId'),
        SecurityGroupIngress: [tcp(POSTGRESQL_PORT, { CidrIp: '127.0.0.1/32' }, 'nobody')],
        SecurityGroupEgress: [{ IpProtocol: '-1', CidrIp: '127.0.0.1/32', Description: 'nothing leaves' }],
      },
    },
    DatabaseSubnets: {
      Type: 'AWS::RDS::DBSubnetGroup',
      Properties: {
        DBSubnetGroupDescription: 'data subnets of the region',
        SubnetIds: spec.network.dataSubnets.map((_, index) => ref(`DataSubnet${index + 1}`)),
      },
    },
    PrivateZone: {
      Type: 'AWS::Route53::HostedZone',
      Properties: {
        Name: privateZone(spec),
        HostedZoneConfig: { Comment: `databases as seen from ${spec.region}` },
        VPCs: [{ VPCId: ref('VpcId'), VPCRegion: ref('AWS::Region') }],
      },
    },
  };
}

/** Not a replica: it can leave a snapshot and refuse to be deleted. */
function isIndependent({ role }: DatabaseSpec): boolean {
  return role !== 'replica';
}

/** A table without copies has none. */
function hasAlarms(resources: Resources): boolean {
  return Object.values(resources).some(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
}

interface Passed {
  logical: (store: string) => string;
  writers: ReadonlyMap<string, string>;
  hasAlarms: boolean;
}

function parameters(spec: RegionSpec, { logical, writers, hasAlarms }: Passed): Record<string, TemplateParameter> {
  const fromBase = (name: string, description: string): TemplateParameter => ({
    Type: 'String',
    Description: description,
    pass: outputOf(spec.region, 'base', name),
  });
  const given: Record<string, TemplateParameter> = hasAlarms
    ? { AlarmTopic: fromBase('AlarmTopic', 'Topic that alarms are sent to') }
    : {};
  if (spec.databases.some(isIndependent) || spec.globalStores.some(isTableAt(spec.region)))
    Object.assign(given, { DeletionProtection: deletionProtection(spec) });
  if (spec.databases.length === 0) return given;
  return Object.assign(
    given,
    {
      VpcId: fromBase('VpcId', 'Network of the region'),
      TasksSecurityGroup: fromBase('TasksSecurityGroup', 'Security group of the tasks'),
    },
    ...spec.network.dataSubnets.map((_, index) => ({
      [`DataSubnet${index + 1}`]: fromBase(`DataSubnet${index + 1}`, 'A data subnet'),
    })),
    ...spec.databases.map((database) =>
      databaseParameters(database, logical(database.name), writers.get(database.name)),
    ),
  );
}

function isTableAt(region: string): (store: GlobalStoreSpec) => boolean {
  return ({ engine, home }) => engine === 'dynamodb' && home === region;
}

/** A parameter, because retiring a deployment has to switch it off before it deletes. */
function deletionProtection(spec: RegionSpec): TemplateParameter {
  return {
    Type: 'String',
    Description: 'Whether deleting databases that are no replicas, and tables, is refused',
    AllowedValues: ['true', 'false'],
    Default: String(isDeletionProtected(spec.environment)),
  };
}

function databaseParameters(
  { name: store, role, instanceClass, sourceRegion }: DatabaseSpec,
  name: string,
  writer: string | undefined,
): Record<string, TemplateParameter> {
  const given: Record<string, TemplateParameter> = {
    [`InstanceClass${name}`]: { Type: 'String', Description: `Size of ${store}`, Default: instanceClass },
  };
  if (role === 'replica' && sourceRegion) {
    given[`SourceArn${name}`] = {
      Type: 'String',
      Description: `ARN of the database that ${store} follows`,
      pass: outputOf(sourceRegion, 'data', `Arn${name}`),
    };
  }
  if (role !== 'primary' && writer) {
    given[`WriterEndpoint${name}`] = {
      Type: 'String',
      Description: `Endpoint of the primary of ${store}`,
      pass: outputOf(writer, 'data', `Endpoint${name}`),
    };
  }
  return given;
}

/** What a fence puts in the place of the databases’ security group. */
function closedGroup({ databases }: RegionSpec): Record<string, { Description: string; Value: Json }> {
  if (databases.length === 0) return {};
  return { ClosedSecurityGroup: { Description: 'Lets nobody in', Value: getAtt('ClosedSecurityGroup', 'GroupId') } };
}

function databaseOutputs(database: DatabaseSpec, name: string): Record<string, { Description: string; Value: Json }> {
  return {
    [`Arn${name}`]: { Description: `ARN of ${database.name}`, Value: getAtt(`Database${name}`, 'DBInstanceArn') },
    [`Endpoint${name}`]: {
      Description: `Address of ${database.name}`,
      Value: getAtt(`Database${name}`, 'Endpoint.Address'),
    },
  };
}
