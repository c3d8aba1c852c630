import { locations } from '../../catalog/locations';
import type { LatencyMeasurement } from '../../contracts/validation';
import { deciding, inScope } from '../../policies/latency-scope';
import { exampleRequest } from '../agents/architect-input';

const MEASURED: LatencyMeasurement[] = locations.map(({ id }) => ({
  location: id,
  servedBy: 'us-east-1',
  samples: 40,
  p50Ms: 300,
  p95Ms: 300,
  slaPercentileMs: 300,
  withinSla: false,
  source: 'lab',
}));
const decidingFor = (...areas: string[]) =>
  deciding(inScope(MEASURED, exampleRequest({ users: areas.map((area) => ({ area, share: 50 })) }))).map(
    ({ location }) => location,
  );

describe('scope of a latency SLA', () => {
  it('is where the request has users', () => {
    expect(decidingFor('north-america', 'european-union')).toEqual([
      'new-york',
      'san-francisco',
      'london',
      'frankfurt',
    ]);
    expect(decidingFor('oceania')).toEqual(['sydney']);
  });

  it('is everywhere for users worldwide, and where no location is near any of them', () => {
    expect(decidingFor('worldwide', 'oceania')).toHaveLength(locations.length);
    expect(decidingFor('middle-east')).toHaveLength(locations.length);
  });

  it('keeps every measurement to be shown', () => {
    expect(inScope(MEASURED, exampleRequest()).map(({ location }) => location)).toEqual(locations.map(({ id }) => id));
  });
});
