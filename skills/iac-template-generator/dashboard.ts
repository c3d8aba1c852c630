import type { RegionSpec } from '../../contracts/region-spec';
import { sub, type TemplateResource } from './template';

/** One dashboard per region: traffic, latency and errors at the load balancer, health and load of every service. */
export function dashboard(spec: RegionSpec, logical: (service: string) => string): TemplateResource {
  const balancer = `\${LoadBalancer.LoadBalancerFullName}`;
  const open = spec.services.filter((service) => service.public);
  const widgets = [
    graph(0, 'requests a minute', [['AWS/ApplicationELB', 'RequestCount', 'LoadBalancer', balancer]], 'Sum'),
    graph(
      1,
      'response time, p95 in seconds',
      [['AWS/ApplicationELB', 'TargetResponseTime', 'LoadBalancer', balancer]],
      'p95',
    ),
    graph(
      2,
      'server errors a minute',
      [['AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 'LoadBalancer', balancer]],
      'Sum',
    ),
    graph(
      3,
      'healthy tasks',
      open.map((service) => [
        'AWS/ApplicationELB',
        'HealthyHostCount',
        'LoadBalancer',
        balancer,
        'TargetGroup',
        `\${TargetGroup${logical(service.name)}.TargetGroupFullName}`,
        { label: service.name },
      ]),
      'Minimum',
    ),
    graph(
      4,
      'processor use in percent',
      spec.services.map((service) => [
        'AWS/ECS',
        'CPUUtilization',
        'ClusterName',
        `\${Cluster}`,
        'ServiceName',
        service.name,
      ]),
      'Average',
    ),
  ];
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      // Dashboards are global in an account: the region is part of the name.
      DashboardName: `${spec.application}-${spec.environment}-${spec.region}`,
      DashboardBody: sub(JSON.stringify({ widgets })),
    },
  };
}

function graph(position: number, title: string, metrics: unknown[], stat: string): object {
  return {
    type: 'metric',
    x: (position % 2) * 12,
    y: Math.floor(position / 2) * 6,
    width: 12,
    height: 6,
    properties: { title, metrics, stat, period: 60, region: `\${AWS::Region}`, view: 'timeSeries' },
  };
}
