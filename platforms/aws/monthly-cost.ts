import type { Parameter } from '@aws-sdk/client-cloudformation';
import {
  type FlatPriceItem,
  flatPrice,
  HOURS_PER_MONTH,
  isPricedInstanceClass,
  type RegionalPriceItem,
  rdsHour,
  regionalPrice,
} from '../../catalog/prices';

const HOURLY: Record<string, RegionalPriceItem> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'alb-hour',
  'AWS::EC2::NatGateway': 'nat-hour',
};
const MONTHLY: Record<string, FlatPriceItem> = {
  'AWS::KMS::Key': 'kms-key-month',
  'AWS::SecretsManager::Secret': 'secret-month',
  'AWS::Route53::HealthCheck': 'health-check-month',
  'AWS::Route53::HostedZone': 'hosted-zone-month',
  'AWS::CloudWatch::Alarm': 'alarm-month',
  'AWS::CloudWatch::Dashboard': 'dashboard-month',
};
/** Cost nothing by being there. */
const FREE =
  /^AWS::(EC2::(VPC|Subnet|RouteTable|Route|SecurityGroup|SubnetRouteTableAssociation|InternetGateway|VPCGatewayAttachment|VPCPeeringConnection)|IAM::|ElasticLoadBalancingV2::(TargetGroup|Listener)|ECS::(Cluster|TaskDefinition)|RDS::DB(SubnetGroup|ParameterGroup)|SNS::|Logs::)/;

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/**
 * What some resources of a template cost in a month by being there (US dollars, list prices of the catalog, without
 * traffic and storage), and for how many of them there is no price.
 */
export function monthlyCost(
  template: string | undefined,
  ids: string[],
  parameters: Parameter[],
  region: string,
): { usd: number; unknown: number } {
  const resources: Record<string, Resource> = template === undefined ? {} : JSON.parse(template).Resources;
  const costs = ids.map((id) => resources[id] && costOf(resources[id], parameters, region));
  return {
    usd: costs.reduce((sum: number, cost) => sum + (cost ?? 0), 0),
    unknown: costs.filter((cost) => cost === undefined).length,
  };
}

function costOf({ Type, Properties }: Resource, parameters: Parameter[], region: string): number | undefined {
  const hourly = HOURLY[Type];
  if (hourly) return regionalPrice(hourly, region).usd * HOURS_PER_MONTH;
  const monthly = MONTHLY[Type];
  if (monthly) return flatPrice(monthly).usd;
  if (Type === 'AWS::RDS::DBInstance') {
    const instanceClass = literal(Properties?.DBInstanceClass, parameters);
    if (!instanceClass || !isPricedInstanceClass(instanceClass)) return undefined;
    const zones = literal(Properties?.MultiAZ, parameters) === 'true' ? 2 : 1;
    return rdsHour(instanceClass, region).usd * zones * HOURS_PER_MONTH;
  }
  return FREE.test(Type) ? 0 : undefined;
}

/** A literal, or a reference to a parameter. */
function literal(property: unknown, parameters: Parameter[]): string | undefined {
  if (typeof property !== 'object' || property === null) return property === undefined ? undefined : String(property);
  const ref = (property as { Ref?: string }).Ref;
  return parameters.find(({ ParameterKey }) => ParameterKey === ref)?.ParameterValue;
}
