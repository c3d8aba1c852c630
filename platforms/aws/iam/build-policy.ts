import { OPERATION_WRITES, OWN_READS, STACK_WRITES, TEMPLATE_BUCKET_ACTIONS } from './own-actions';
import { type PolicyInput, recordNames, scopedTo, UNSCOPED } from './policy-scope';
import { actionsOf, RESOURCE_ACTIONS } from './resource-actions';

export interface PolicyStatement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

const READ = /^[a-z0-9-]+:(Describe|Get|List)/;
/** Reads that give away more than a description: they are scoped like writes. */
const SENSITIVE = /^(secretsmanager:GetSecretValue|dynamodb:GetItem)$/;
/** Services without regions: a condition on the region would refuse them. */
const GLOBAL = /^(iam|route53|s3)$/;
/** Always bound to the names of the records, whoever calls. */
const CHANGE_RECORDS = 'route53:ChangeResourceRecordSets';
const THROUGH_CLOUDFORMATION = { 'ForAnyValue:StringEquals': { 'aws:CalledVia': ['cloudformation.amazonaws.com'] } };

/**
 * Least-privilege statements for the role that a worker assumes: what is in stacks may be written through
 * CloudFormation only, under the names and in the regions of one deployment; beside it, the operations on databases and
 * traffic. Throws when a type has no row in RESOURCE_ACTIONS.
 */
export function policyStatements(input: PolicyInput): PolicyStatement[] {
  const used = [...new Set(input.resourceTypes.flatMap((type) => actionsOf(rowOf(type))))];
  const reads = [...new Set([...used, ...OWN_READS])].filter(isPlainRead).sort();
  return [
    { Sid: 'Read', Effect: 'Allow', Action: reads, Resource: ['*'] },
    ...ownWrites(input),
    ...byService(used.filter((action) => !isPlainRead(action))).flatMap(([service, actions]) =>
      stackedWrites(service, actions, input),
    ),
    ...roleStatements(input),
  ];
}

function rowOf(type: string): readonly string[] {
  const row = RESOURCE_ACTIONS[type];
  if (row) return row;
  throw new Error(`resource type: ${type} has no actions in RESOURCE_ACTIONS; add a row for it`);
}

function isPlainRead(action: string): boolean {
  return READ.test(action) && !SENSITIVE.test(action);
}

function byService(actions: string[]): Array<[string, string[]]> {
  const groups = new Map<string, string[]>();
  for (const action of [...actions].sort()) {
    const service = action.split(':')[0] ?? '';
    groups.set(service, [...(groups.get(service) ?? []), action]);
  }
  return [...groups];
}

/** Writes that only CloudFormation makes, while it changes a stack. */
function stackedWrites(service: string, actions: string[], input: PolicyInput): PolicyStatement[] {
  const free = actions.filter((action) => action in UNSCOPED);
  const others = actions.filter((action) => action !== CHANGE_RECORDS && !free.includes(action));
  const Condition = { ...THROUGH_CLOUDFORMATION, ...(!GLOBAL.test(service) && inRegions(input)) };
  const statement = (Sid: string, Action: string[], Resource: string[]): PolicyStatement[] =>
    Action.length === 0 ? [] : [{ Sid, Effect: 'Allow', Action, Resource, Condition }];
  return [
    ...statement(sid(service), others, scopedTo(service, input) ?? ['*']),
    ...statement(`${sid(service)}Any`, free, ['*']),
  ];
}

function ownWrites(input: PolicyInput): PolicyStatement[] {
  const { accountNumber: account = '*', application, environment, resourceTypes } = input;
  const allow = (Sid: string, Action: readonly string[], Resource: string[]): PolicyStatement => ({
    Sid,
    Effect: 'Allow',
    Action: [...Action].sort(),
    Resource,
  });
  const templates = `arn:aws:s3:::meridian-templates-${account}-*`;
  const parameters = `arn:aws:ssm:*:${account}:parameter/meridian/${application}/${environment}/*`;
  const databases = `arn:aws:rds:*:${account}:db:${`${application}-${environment}-`.slice(0, 24)}*`;
  const snapshots = `arn:aws:rds:*:${account}:snapshot:meridian-${application}-${environment}-*`;
  const restoredWith = ['subgrp', 'pg', 'og', 'secgrp'].map((kind) => `arn:aws:rds:*:${account}:${kind}:*`);
  const always: PolicyStatement[] = [
    { ...allow('Stacks', STACK_WRITES, scopedTo('cloudformation', input) ?? []), Condition: inRegions(input) },
    allow('Templates', TEMPLATE_BUCKET_ACTIONS, [templates, `${templates}/*`]),
    allow('AccountParameters', ['ssm:GetParameter', 'ssm:GetParameters'], [parameters]),
  ];
  const types = new Set(resourceTypes);
  if (types.has('AWS::RDS::DBInstance')) {
    always.push({ ...allow('Databases', OPERATION_WRITES.rds, [databases]), Condition: inRegions(input) });
    // a copy may be kept in a region that the deployment does not run in: bound by name, not by region
    always.push(allow('Backups', OPERATION_WRITES.snapshots, [databases, snapshots, ...restoredWith]));
  }
  if (types.has('AWS::Route53::HealthCheck')) {
    always.push(allow('HealthChecks', OPERATION_WRITES.healthChecks, ['arn:aws:route53:::healthcheck/*']));
  }
  if (types.has('AWS::Route53::RecordSet')) {
    const names = { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': recordNames(input) };
    always.push({
      ...allow('Records', [CHANGE_RECORDS], ['arn:aws:route53:::hostedzone/*']),
      Condition: { 'ForAllValues:StringLike': names },
    });
  }
  return always;
}

/** Only roles that the stacks make may be handed on, and only to the services that run as them. */
function roleStatements(input: PolicyInput): PolicyStatement[] {
  const { accountNumber: account = '*', resourceTypes, passedTo } = input;
  const types = new Set(resourceTypes);
  const linked: string[] = LINKED_ROLES.filter(([type]) => types.has(type)).map(([, service]) => service);
  const statements: PolicyStatement[] = [
    {
      Sid: 'PassRoles',
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: passedTo.length > 0 ? (scopedTo('iam', input) ?? []) : [],
      Condition: { StringEquals: { 'iam:PassedToService': passedTo } },
    },
    {
      Sid: 'ServiceRoles',
      Effect: 'Allow',
      Action: ['iam:CreateServiceLinkedRole'],
      Resource: linked.map((service) => `arn:aws:iam::${account}:role/aws-service-role/${service}/*`),
      Condition: { StringEquals: { 'iam:AWSServiceName': linked } },
    },
  ];
  return statements.filter(({ Resource }) => Resource.length > 0);
}

/** Services that make a role of their own the first time they are used in an account. */
const LINKED_ROLES = [
  ['AWS::ECS::Cluster', 'ecs.amazonaws.com'],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'elasticloadbalancing.amazonaws.com'],
  ['AWS::RDS::DBInstance', 'rds.amazonaws.com'],
  ['AWS::DynamoDB::GlobalTable', 'replication.dynamodb.amazonaws.com'],
] as const;

function inRegions({ regions }: PolicyInput): { StringEquals: Record<string, string[]> } {
  return { StringEquals: { 'aws:RequestedRegion': [...regions].sort() } };
}

function sid(service: string): string {
  return `Make${service.replaceAll(/[^a-z0-9]/g, '').replace(/^./, (first) => first.toUpperCase())}`;
}
