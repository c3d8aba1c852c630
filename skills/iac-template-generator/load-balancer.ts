import type { RegionSpec, ServiceSpec } from '../../contracts/region-spec';
import { type Json, type Resources, ref, type TemplateResource } from './template';

/** TLS 1.3, and 1.2 with forward secrecy for clients that lack it. */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

/** The load balancer of a region, its listeners, and a target group per public service. */
export function loadBalancerResources(spec: RegionSpec, logical: (service: string) => string): Resources {
  const open = spec.services.filter((service) => service.public);
  const [first, ...others] = open;
  if (!first) return {};
  const listener = spec.tls ? 'HttpsListener' : 'HttpListener';
  const resources: Resources = { LoadBalancer: loadBalancer(spec) };
  for (const service of open) resources[`TargetGroup${logical(service.name)}`] = targetGroup(service);
  const forward = forwardTo(logical(first.name));
  if (spec.tls) resources.HttpsListener = httpsListener(forward);
  resources.HttpListener = httpListener(spec.tls ? REDIRECT_TO_HTTPS : forward);
  others.forEach((service, index) => {
    resources[`ListenerRule${logical(service.name)}`] = pathRule(service, listener, index + 1, logical(service.name));
  });
  return resources;
}

function loadBalancer(spec: RegionSpec): TemplateResource {
  return {
    Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    DependsOn: ['PublicDefaultRoute'],
    Properties: {
      Type: 'application',
      Scheme: 'internet-facing',
      Subnets: spec.network.publicSubnets.map((_, index) => ref(`PublicSubnet${index + 1}`)),
      SecurityGroups: [ref('LoadBalancerSecurityGroup')],
      LoadBalancerAttributes: [
        { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
        { Key: 'access_logs.s3.enabled', Value: { 'Fn::If': ['HasAccessLogs', 'true', 'false'] } },
        {
          'Fn::If': [
            'HasAccessLogs',
            { Key: 'access_logs.s3.bucket', Value: ref('AccessLogsBucket') },
            ref('AWS::NoValue'),
          ],
        },
      ],
    },
  };
}

function targetGroup(service: ServiceSpec): TemplateResource {
  const { health } = service;
  return {
    Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    Properties: {
      VpcId: ref('Vpc'),
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: service.port,
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: health.path,
      HealthCheckIntervalSeconds: health.intervalSeconds,
      HealthCheckTimeoutSeconds: Math.min(5, health.intervalSeconds - 1),
      HealthyThresholdCount: health.healthyAfter,
      UnhealthyThresholdCount: health.unhealthyAfter,
      Matcher: { HttpCode: '200-299' },
      TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }],
    },
  };
}

function forwardTo(logicalName: string): Json {
  return { Type: 'forward', TargetGroupArn: ref(`TargetGroup${logicalName}`) };
}

const REDIRECT_TO_HTTPS: Json = {
  Type: 'redirect',
  RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
};

function httpsListener(action: Json): TemplateResource {
  return {
    Type: 'AWS::ElasticLoadBalancingV2::Listener',
    Properties: {
      LoadBalancerArn: ref('LoadBalancer'),
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: TLS_POLICY,
      Certificates: [{ CertificateArn: ref('CertificateArn') }],
      DefaultActions: [action],
    },
  };
}

function httpListener(action: Json): TemplateResource {
  return {
    Type: 'AWS::ElasticLoadBalancingV2::Listener',
    Properties: { LoadBalancerArn: ref('LoadBalancer'), Port: 80, Protocol: 'HTTP', DefaultActions: [action] },
  };
}

/** The first public service answers for the hostname; each further one for the paths that begin with its name. */
function pathRule(service: ServiceSpec, listener: string, priority: number, logicalName: string): TemplateResource {
  return {
    Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    Properties: {
      ListenerArn: ref(listener),
      Priority: priority,
      Conditions: [
        { Field: 'path-pattern', PathPatternConfig: { Values: [`/${service.name}`, `/${service.name}/*`] } },
      ],
      Actions: [forwardTo(logicalName)],
    },
  };
}
