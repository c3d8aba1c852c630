import type { RegionSpec, ServiceSpec } from '../../contracts/region-spec';
import { getAtt, type Json, type Resources, ref, type TemplateResource } from './template';

/** Five server errors a minute from the tasks, two minutes in a row: more than a deployment's hiccup. */
const ERRORS_PER_MINUTE = 5;
const CPU_PERCENT = 80;

/** Topic and alarms of a region. Everything is sent to one topic; who listens is the account's business. */
export function alarmResources(spec: RegionSpec, logical: (service: string) => string): Resources {
  const resources: Resources = {
    AlarmTopic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: ref('Key') } },
  };
  for (const service of spec.services) {
    const name = logical(service.name);
    if (service.public) {
      resources[`UnhealthyAlarm${name}`] = unhealthyAlarm(service, name);
      resources[`ErrorAlarm${name}`] = errorAlarm(service, name);
    }
    resources[`CpuAlarm${name}`] = cpuAlarm(service);
  }
  return resources;
}

/** An alarm that tells the topic both ways: raised and over. */
export function alarm(properties: { [property: string]: Json }, topic: Json = ref('AlarmTopic')): TemplateResource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { ...properties, AlarmActions: [topic], OKActions: [topic] },
  };
}

function targetDimensions(logicalName: string): Json {
  return [
    { Name: 'LoadBalancer', Value: getAtt('LoadBalancer', 'LoadBalancerFullName') },
    { Name: 'TargetGroup', Value: getAtt(`TargetGroup${logicalName}`, 'TargetGroupFullName') },
  ];
}

function unhealthyAlarm(service: ServiceSpec, logicalName: string): TemplateResource {
  return alarm({
    AlarmDescription: `tasks of ${service.name} fail their health check`,
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'UnHealthyHostCount',
    Dimensions: targetDimensions(logicalName),
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 2,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
}

function errorAlarm(service: ServiceSpec, logicalName: string): TemplateResource {
  return alarm({
    AlarmDescription: `${service.name} answers with server errors`,
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Dimensions: targetDimensions(logicalName),
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 2,
    Threshold: ERRORS_PER_MINUTE,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
}

function cpuAlarm(service: ServiceSpec): TemplateResource {
  return alarm({
    AlarmDescription: `${service.name} uses more than ${CPU_PERCENT} % of its processors`,
    Namespace: 'AWS/ECS',
    MetricName: 'CPUUtilization',
    Dimensions: [
      { Name: 'ClusterName', Value: ref('Cluster') },
      { Name: 'ServiceName', Value: service.name },
    ],
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 5,
    Threshold: CPU_PERCENT,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'missing',
  });
}
