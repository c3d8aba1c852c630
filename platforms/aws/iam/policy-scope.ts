import { previewHostname } from '../../../contracts/preview-hostname';
import { privateZone } from '../../../contracts/template-words';

/** What a policy is for. */
export interface PolicyInput {
  application: string;
  environment: string;
  hostname: string;
  /** every region that a plan of the request may choose */
  regions: string[];
  /** types of all resources that the rendered templates hold */
  resourceTypes: string[];
  /** services that run as the roles which the templates make, for example `ecs-tasks.amazonaws.com` */
  passedTo: string[];
  /** names of buckets that templates give, `*` for what is known only in the account */
  buckets: string[];
  /** twelve digits; every account when absent, which is for reading only */
  accountNumber?: string;
}

/** CloudFormation cuts the stack's part of a generated name to this many characters where names are short (roles, databases). */
const CUT = 24;

/** ARNs that a write of a service may touch. A service that is not here gives generated ids: see `UNSCOPED`. */
export function scopedTo(service: string, input: PolicyInput): string[] | undefined {
  const { application, environment, buckets, accountNumber: account = '*' } = input;
  const stack = `${application}-${environment}`;
  const made = `${stack}-`.slice(0, CUT);
  const arn = (name: string, region = '*') => `arn:aws:${service}:${region}:${account}:${name}`;
  switch (service) {
    case 'cloudformation':
      return [arn(`stack/${stack}-*/*`)];
    case 'cloudwatch':
      return [arn(`alarm:${made}*`), `arn:aws:cloudwatch::${account}:dashboard/${stack}-*`];
    case 'dynamodb':
      return [arn(`table/${application}.${environment}.*`)];
    case 'ecs':
      return [
        arn(`cluster/${stack}`),
        arn(`service/${stack}/*`),
        arn(`service-deployment/${stack}/*`),
        arn(`task-definition/${stack}-*:*`),
      ];
    case 'iam':
      return [arn(`role/${made}*`, '')];
    case 'logs':
      return [arn(`log-group:${made}*`)];
    case 'rds':
      return [...['db', 'pg', 'subgrp', 'snapshot'].map((kind) => arn(`${kind}:${made}*`)), arn('og:default*')];
    case 's3':
      return buckets.map((name) => `arn:aws:s3:::${name}`);
    case 'secretsmanager':
      return [arn(`secret:meridian/${application}/${environment}/*`)];
    case 'sns':
      return [arn(`${made}*`)];
    default:
      return undefined;
  }
}

/** Names of records that may be changed: the hostname and its preview with what is below them, and the private zone. */
export function recordNames({ hostname, application, environment }: PolicyInput): string[] {
  const names = [hostname, previewHostname(hostname), privateZone({ application, environment })];
  return names.flatMap((name) => [name, `*.${name}`]);
}

/**
 * Services and actions whose writes name `*` as their resource, and why. Those of CloudFormation are all bound to calls
 * that come through it, and to the regions.
 */
export const UNSCOPED: Readonly<Record<string, string>> = {
  ec2: 'networks, subnets and security groups have generated ids only',
  elasticloadbalancing: 'CloudFormation shortens generated names of load balancers until nothing of the stack is left',
  kms: 'keys have generated ids only',
  route53: 'zones and health checks have generated ids only; which records may be changed is a condition',
  servicediscovery: 'namespaces have generated ids only',
  'ecs:DeregisterTaskDefinition': 'the action knows no resources',
  'application-autoscaling': 'reads only',
};
