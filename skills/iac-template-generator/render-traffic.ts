import type { TrafficSpec } from '../../contracts/region-spec';
import { alarm } from './base-alarms';
import { encryptionKey } from './encryption-key';
import { pascalCase } from './logical-names';
import type { RenderedStack } from './schema';
import { accountParameter, outputOf } from './stack-names';
import { type Json, type Resources, ref, renderStack, type TemplateParameter, type TemplateResource } from './template';

type TrafficRecord = TrafficSpec['records'][number];

/**
 * The public records of one hostname with a health check and an alarm per region. Alarms on health checks exist in
 * us-east-1 only, so this stack belongs there (stack-names.ts).
 */
export function renderTraffic(
  traffic: TrafficSpec,
  owner: { application: string; environment: string },
): RenderedStack {
  const resources: Resources = {
    TrafficKey: encryptionKey({ description: `alarms on ${traffic.hostname}`, uses: ['alarms'] }),
    TrafficAlarmTopic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: ref('TrafficKey') } },
  };
  for (const record of traffic.records) {
    const name = pascalCase(record.region);
    resources[`HealthCheck${name}`] = healthCheck(record, name, traffic.hostname);
    resources[`HealthAlarm${name}`] = healthAlarm(record, name, traffic.hostname);
  }
  Object.assign(resources, recordSets(traffic));
  return renderStack({
    description: `${owner.application} ${owner.environment}: records of ${traffic.hostname}`,
    metadata: { kind: 'traffic', hostname: traffic.hostname },
    parameters: parameters(traffic, owner),
    resources,
    outputs: { Hostname: { Description: 'Hostname that is served', Value: traffic.hostname } },
  });
}

function parameters(
  traffic: TrafficSpec,
  owner: { application: string; environment: string },
): Record<string, TemplateParameter> {
  const zone = accountParameter(owner, 'hosted-zone-id');
  const all: Record<string, TemplateParameter> = {
    HostedZoneId: {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Description: 'Parameter store name that holds the id of the public zone of the hostname',
      Default: zone,
      pass: { value: zone },
    },
  };
  for (const { region } of traffic.records) {
    const name = pascalCase(region);
    all[`LoadBalancerDns${name}`] = {
      Type: 'String',
      Description: `Load balancer of ${region}`,
      pass: outputOf(region, 'base', 'LoadBalancerDns'),
    };
    all[`LoadBalancerZone${name}`] = {
      Type: 'String',
      Description: `Zone of the load balancer of ${region}`,
      pass: outputOf(region, 'base', 'LoadBalancerZone'),
    };
  }
  return all;
}

function healthCheck(record: TrafficRecord, name: string, hostname: string): TemplateResource {
  return {
    Type: 'AWS::Route53::HealthCheck',
    Properties: {
      HealthCheckConfig: {
        Type: 'HTTPS',
        FullyQualifiedDomainName: ref(`LoadBalancerDns${name}`),
        Port: 443,
        ResourcePath: record.healthCheck.path,
        EnableSNI: true,
        RequestInterval: record.healthCheck.intervalSeconds,
        FailureThreshold: record.healthCheck.failureThreshold,
      },
      HealthCheckTags: [{ Key: 'Name', Value: `${hostname} in ${record.region}` }],
    },
  };
}

function healthAlarm(record: TrafficRecord, name: string, hostname: string): TemplateResource {
  return alarm(
    {
      AlarmDescription: `${hostname}: ${record.region} fails its global health check`,
      Namespace: 'AWS/Route53',
      MetricName: 'HealthCheckStatus',
      Dimensions: [{ Name: 'HealthCheckId', Value: ref(`HealthCheck${name}`) }],
      Statistic: 'Minimum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    },
    ref('TrafficAlarmTopic'),
  );
}

function recordSets(traffic: TrafficSpec): Resources {
  const failover = traffic.records.filter((record) => record.routing === 'failover');
  const others = traffic.records.filter((record) => record.routing !== 'failover');
  return {
    ...Object.fromEntries(
      others.map((record) => [
        `Record${pascalCase(record.region)}`,
        toRegion(record, traffic.hostname, policyOf(record)),
      ]),
    ),
    ...failoverChain(traffic.hostname, [
      ...failover.filter((record) => record.failover === 'PRIMARY'),
      ...failover.filter((record) => record.failover !== 'PRIMARY'),
    ]),
  };
}

function policyOf(record: TrafficRecord): { [property: string]: Json } {
  switch (record.routing) {
    case 'latency':
      return { Region: record.region };
    case 'weighted':
      return { Weight: record.weight ?? 1 };
    case 'geo':
      return { GeoProximityLocation: { AWSRegion: record.region } };
    case 'failover':
      return { Failover: record.failover ?? 'SECONDARY' };
  }
}

/** An alias to the load balancer of a region, answered while its health check passes. */
function toRegion(record: TrafficRecord, name: string, policy: { [property: string]: Json }): TemplateResource {
  const region = pascalCase(record.region);
  return recordSet(name, record.region, {
    ...policy,
    HealthCheckId: ref(`HealthCheck${region}`),
    AliasTarget: {
      DNSName: ref(`LoadBalancerDns${region}`),
      HostedZoneId: ref(`LoadBalancerZone${region}`),
      EvaluateTargetHealth: true,
    },
  });
}

function recordSet(name: string, setIdentifier: string, properties: { [property: string]: Json }): TemplateResource {
  return {
    Type: 'AWS::Route53::RecordSet',
    Properties: {
      HostedZoneId: ref('HostedZoneId'),
      Name: `${name}.`,
      Type: 'A',
      SetIdentifier: setIdentifier,
      ...properties,
    },
  };
}

/**
 * Route 53 knows one secondary per name. With more, the secondary of each name is the next name of a chain:
 * hostname → first region, else chain-2 → second region, else third.
 */
function failoverChain(hostname: string, records: TrafficRecord[]): Resources {
  const resources: Resources = {};
  records.forEach((record, index) => {
    const link = Math.min(index, Math.max(0, records.length - 2));
    const isEnd = index === records.length - 1 && index > 0;
    const policy = { Failover: isEnd ? 'SECONDARY' : 'PRIMARY' };
    resources[`Record${pascalCase(record.region)}`] = toRegion(record, chainName(hostname, link), policy);
    if (index > 0 && !isEnd) resources[`Chain${index + 1}`] = toNextLink(hostname, index, record);
  });
  return resources;
}

function chainName(hostname: string, link: number): string {
  return link === 0 ? hostname : `chain-${link + 1}.${hostname}`;
}

/** Route 53 refuses an alias to a name that has no record yet, so the first record of the next link comes before. */
function toNextLink(hostname: string, link: number, next: TrafficRecord): TemplateResource {
  return {
    DependsOn: [`Record${pascalCase(next.region)}`],
    ...recordSet(chainName(hostname, link - 1), `chain-${link + 1}`, {
      Failover: 'SECONDARY',
      AliasTarget: {
        DNSName: `${chainName(hostname, link)}.`,
        HostedZoneId: ref('HostedZoneId'),
        EvaluateTargetHealth: true,
      },
    }),
  };
}
