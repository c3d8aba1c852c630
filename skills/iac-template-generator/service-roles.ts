import type { RegionSpec, ServiceSpec } from '../../contracts/region-spec';
import { databasesOf, globalStoreStatements, globalStoresOf } from './global-store-access';
import { secretReadStatement } from './secret-reference';
import { credentialsSecret } from './store-credentials';
import { getAtt, type Json, type Resources, sub } from './template';

const TASKS_MAY_ASSUME: Json = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  ],
};

/** Two roles per service: one that starts its tasks, and one that its code runs as, which may use its tables and buckets. */
export function serviceRoles(spec: RegionSpec, service: ServiceSpec, logicalName: string): Resources {
  return {
    [`ExecutionRole${logicalName}`]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: TASKS_MAY_ASSUME,
        Policies: [
          {
            PolicyName: 'start-tasks',
            PolicyDocument: { Version: '2012-10-17', Statement: startStatements(spec, service, logicalName) },
          },
        ],
      },
    },
    [`TaskRole${logicalName}`]: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: TASKS_MAY_ASSUME, ...taskPolicies(spec, service) },
    },
  };
}

function taskPolicies(spec: RegionSpec, service: ServiceSpec): { [property: string]: Json } {
  const Statement = globalStoresOf(spec, service).flatMap((store) => globalStoreStatements(spec, store));
  if (Statement.length === 0) return {};
  return { Policies: [{ PolicyName: 'use-stores', PolicyDocument: { Version: '2012-10-17', Statement } }] };
}

function startStatements(spec: RegionSpec, service: ServiceSpec, logicalName: string): Json[] {
  const logs: Json = {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [getAtt(`LogGroup${logicalName}`, 'Arn')],
  };
  const references = [
    ...service.secrets.map((secret) => secret.from),
    ...databasesOf(spec, service).map((store) => credentialsSecret(spec, store)),
  ];
  return [logs, ...registryStatements(service.image), ...references.map(secretReadStatement)];
}

/** Only images in a private ECR repository need permissions; `<account>.dkr.ecr.<region>.amazonaws.com/<name>[:tag]`. */
function registryStatements(image: string): Json[] {
  const match = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/.exec(image);
  if (!match) return [];
  const [, account, region, repository] = match;
  return [
    // This action knows no resources: AWS accepts nothing but a star here.
    { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: [sub(`arn:\${AWS::Partition}:ecr:${region}:${account}:repository/${repository}`)],
    },
  ];
}
