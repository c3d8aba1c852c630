import type { GlobalStoreSpec, RegionSpec, ServiceSpec } from '../../contracts/region-spec';
import { globalStoreVariables, tableName } from '../../contracts/template-words';
import { bucketArn, bucketName } from './bucket';
import { storeKeyStatement } from './store-key';
import { type Json, sub } from './template';

const ITEM_ACTIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'ConditionCheckItem',
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
].map((action) => `dynamodb:${action}`);

/** The tables and buckets that a service uses. */
export function globalStoresOf(spec: RegionSpec, { uses }: ServiceSpec): GlobalStoreSpec[] {
  return spec.globalStores.filter(({ name }) => uses.includes(name));
}

/** The data stores that a service uses with user and password. */
export function databasesOf(spec: RegionSpec, { uses }: ServiceSpec): string[] {
  return uses.filter((store) => !spec.globalStores.some(({ name }) => name === store));
}

/** What a task is told of a store: its table, or the bucket that takes the writes and the one of its own region. */
export function globalStoreEnvironment(spec: RegionSpec, store: GlobalStoreSpec): Record<string, Json> {
  const names = globalStoreVariables(store.name);
  switch (store.engine) {
    case 'dynamodb':
      return { [names.table]: tableName(spec, store.name) };
    case 's3':
      return {
        [names.bucket]: sub(bucketName(spec, store.name, store.writer)),
        [names.bucketRegion]: store.writer,
        [names.readBucket]: sub(bucketName(spec, store.name, spec.region)),
      };
  }
}

/** What the code of a service may do with a store: items of the table of its region, objects of the two buckets. */
export function globalStoreStatements(spec: RegionSpec, store: GlobalStoreSpec): Json[] {
  const key = ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'];
  switch (store.engine) {
    case 'dynamodb': {
      const table = `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${tableName(spec, store.name)}`;
      return [
        { Effect: 'Allow', Action: ITEM_ACTIONS, Resource: [sub(table), sub(`${table}/index/*`)] },
        storeKeyStatement(spec, { region: spec.region, service: 'dynamodb', actions: key }),
      ];
    }
    case 's3': {
      const regions = [...new Set([store.writer, spec.region])];
      const arns = regions.map((region) => bucketArn(spec, store.name, region));
      return [
        { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: arns.map(sub) },
        {
          Effect: 'Allow',
          Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
          Resource: arns.map((arn) => sub(`${arn}/*`)),
        },
        ...regions.map((region) => storeKeyStatement(spec, { region, service: 's3', actions: key })),
      ];
    }
  }
}
