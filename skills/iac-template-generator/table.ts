import type { GlobalStoreSpec, RegionSpec } from '../../contracts/region-spec';
import { TAG_STORE, tableName } from '../../contracts/template-words';
import { alarm } from './base-alarms';
import { pascalCase } from './logical-names';
import { storeKeyArn } from './store-key';
import { type Json, type Resources, ref, type TemplateResource, tags } from './template';

/**
 * The keys of every table, text each: a request says nothing of items, and one table with a partition and a sort key
 * holds any of them (DynamoDB developer guide, "Best practices for designing with single-table design").
 */
const PARTITION_KEY = 'pk';
const SORT_KEY = 'sk';

/**
 * A global table with a copy in each region and an alarm on the way to every other one. Deleting it is refused while it is
 * protected, and leaves a backup for 35 days, as point-in-time recovery is on.
 */
export function tableResources(spec: RegionSpec, store: GlobalStoreSpec, name: string): Resources {
  const others = store.regions.filter((region) => region !== store.home);
  return {
    [`Table${name}`]: globalTable(spec, store),
    ...Object.fromEntries(
      others.map((region) => [`LagAlarm${name}${pascalCase(region)}`, lagAlarm(spec, store, region)]),
    ),
  };
}

function globalTable(spec: RegionSpec, store: GlobalStoreSpec): TemplateResource {
  return {
    Type: 'AWS::DynamoDB::GlobalTable',
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      TableName: tableName(spec, store.name),
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [PARTITION_KEY, SORT_KEY].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: PARTITION_KEY, KeyType: 'HASH' },
        { AttributeName: SORT_KEY, KeyType: 'RANGE' },
      ],
      // copies in other regions are made from it; without it, adding the second region would be refused
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: store.regions.map((region) => replica(spec, store, region)),
    },
  };
}

function replica(spec: RegionSpec, store: GlobalStoreSpec, region: string): Json {
  return {
    Region: region,
    DeletionProtectionEnabled: ref('DeletionProtection'),
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { KMSMasterKeyId: storeKeyArn(spec, region) },
    Tags: tags({ [TAG_STORE]: store.name }),
  };
}

function lagAlarm(spec: RegionSpec, store: GlobalStoreSpec, region: string): TemplateResource {
  return alarm(
    {
      AlarmDescription: `${store.name} arrives in ${region} more than ${store.lagAlarmSeconds} s later`,
      Namespace: 'AWS/DynamoDB',
      MetricName: 'ReplicationLatency',
      Dimensions: [
        { Name: 'TableName', Value: tableName(spec, store.name) },
        { Name: 'ReceivingRegion', Value: region },
      ],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: store.lagAlarmSeconds * 1_000,
      ComparisonOperator: 'GreaterThanThreshold',
      // nothing is measured while nothing is written
      TreatMissingData: 'notBreaching',
    },
    ref('AlarmTopic'),
  );
}
