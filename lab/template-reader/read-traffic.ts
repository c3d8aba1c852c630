import type { TrafficSpec } from '../../contracts/region-spec';
import { type ResourceView, TemplateReadingError, type TemplateView } from './template-view';

type TrafficRecord = TrafficSpec['records'][number];

/** The records of a traffic template, one per health check, in the order in which it makes them. */
export function readTraffic(view: TemplateView): TrafficSpec {
  const hostname = view.metadata.string('hostname');
  const toRegions = view.ofType('AWS::Route53::RecordSet').filter((record) => record.has('Properties.HealthCheckId'));
  const records = view.ofType('AWS::Route53::HealthCheck').map((check) => readRecord(hostname, check, toRegions));
  return { hostname, records };
}

function readRecord(hostname: string, check: ResourceView, records: ResourceView[]): TrafficRecord {
  const record = records.find((candidate) => candidate.refTarget('Properties.HealthCheckId') === check.id);
  if (!record)
    throw new TemplateReadingError(check.id, 'use', 'an AWS::Route53::RecordSet that uses this health check');
  return {
    region: record.string('Properties.SetIdentifier'),
    ...readPolicy(hostname, record),
    healthCheck: {
      path: check.string('Properties.HealthCheckConfig.ResourcePath'),
      intervalSeconds: check.number('Properties.HealthCheckConfig.RequestInterval'),
      failureThreshold: check.number('Properties.HealthCheckConfig.FailureThreshold'),
    },
  };
}

function readPolicy(hostname: string, record: ResourceView): Pick<TrafficRecord, 'routing' | 'failover' | 'weight'> {
  if (record.has('Properties.Failover')) {
    // Further links of a failover chain have a primary of their own, under another name: for the hostname it is a secondary.
    const isFirst =
      record.string('Properties.Name') === `${hostname}.` && record.string('Properties.Failover') === 'PRIMARY';
    return { routing: 'failover', failover: isFirst ? 'PRIMARY' : 'SECONDARY' };
  }
  if (record.has('Properties.Weight')) return { routing: 'weighted', weight: record.number('Properties.Weight') };
  if (record.has('Properties.Region')) return { routing: 'latency' };
  if (record.has('Properties.GeoProximityLocation')) return { routing: 'geo' };
  throw new TemplateReadingError(record.id, 'Properties', 'Failover, Weight, Region or GeoProximityLocation');
}
