import type { Finding } from '../../../contracts/finding';
import { entries, isRecord, target } from '../rendered-resources';
import type { RenderedResource, SecurityRule } from '../schema';

/** Load balancers speak TLS 1.2 or newer, plain HTTP only to redirect; databases and buckets refuse unencrypted ones. */
export const encryptionInTransit: SecurityRule = ({ resources }) =>
  resources.flatMap((resource) => {
    switch (resource.type) {
      case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
        return withoutTls(resource, resources);
      case 'AWS::ElasticLoadBalancingV2::Listener':
        return weakListener(resource);
      case 'AWS::RDS::DBInstance':
        return plainDatabase(resource, resources);
      case 'AWS::S3::Bucket':
        return plainBucket(resource, resources);
      default:
        return [];
    }
  });

function plainBucket(bucket: RenderedResource, resources: RenderedResource[]): Finding[] {
  const refuses = resources.some(
    ({ stack, type, properties }) =>
      stack === bucket.stack &&
      type === 'AWS::S3::BucketPolicy' &&
      target(properties.Bucket) === bucket.logicalId &&
      JSON.stringify(properties.PolicyDocument ?? '').includes('"aws:SecureTransport":"false"'),
  );
  return refuses ? [] : [finding(bucket, 'the bucket accepts requests without TLS', 'deny aws:SecureTransport false')];
}

function withoutTls(balancer: RenderedResource, resources: RenderedResource[]): Finding[] {
  const listeners = resources.filter(
    ({ stack, type, properties }) =>
      stack === balancer.stack &&
      type === 'AWS::ElasticLoadBalancingV2::Listener' &&
      target(properties.LoadBalancerArn) === balancer.logicalId,
  );
  if (listeners.some(({ properties }) => properties.Protocol === 'HTTPS')) return [];
  return [finding(balancer, 'the load balancer has no HTTPS listener', 'set tls: true')];
}

function weakListener(listener: RenderedResource): Finding[] {
  const { Protocol, SslPolicy, DefaultActions } = listener.properties;
  if (Protocol === 'HTTPS') {
    return /TLS13|TLS-1-2/.test(String(SslPolicy))
      ? []
      : [
          finding(
            listener,
            `policy ${String(SslPolicy)} allows TLS older than 1.2`,
            'use ELBSecurityPolicy-TLS13-1-2-2021-06',
          ),
        ];
  }
  const redirects = entries(DefaultActions).every(
    ({ Type, RedirectConfig }) =>
      Type === 'redirect' && isRecord(RedirectConfig) && RedirectConfig.Protocol === 'HTTPS',
  );
  return redirects ? [] : [finding(listener, 'requests are answered over plain HTTP', 'redirect to HTTPS')];
}

function plainDatabase(database: RenderedResource, resources: RenderedResource[]): Finding[] {
  const group = resources.find(
    ({ stack, logicalId }) =>
      stack === database.stack && logicalId === target(database.properties.DBParameterGroupName),
  );
  const parameters = group?.properties.Parameters;
  if (isRecord(parameters) && String(parameters['rds.force_ssl']) === '1') return [];
  return [
    finding(database, 'the database accepts unencrypted connections', 'set rds.force_ssl to 1 in its parameter group'),
  ];
}

function finding(resource: RenderedResource, message: string, fix: string): Finding {
  return { rule: 'encryption-in-transit', severity: 'high', where: resource.where, message, fix };
}
