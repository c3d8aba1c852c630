import { locations } from '../catalog/locations';
import type { DeploymentRequest } from '../contracts/request';
import type { LatencyMeasurement } from '../contracts/validation';

/**
 * An SLA holds for the users of a request (percentile, population, what is timed): a test location in an area where it
 * has none is measured and shown, and decides nothing. When no location is where users are, all of them decide.
 */
export function inScope(measured: readonly LatencyMeasurement[], { users }: DeploymentRequest): LatencyMeasurement[] {
  const areas = new Set(users.map(({ area }) => (area === 'european-union' ? 'europe' : area)));
  const near = new Set(locations.filter(({ area }) => areas.has(area)).map(({ id }) => id));
  const all = areas.has('worldwide') || !measured.some(({ location }) => near.has(location));
  return measured.map((row) => (all || near.has(row.location) ? row : { ...row, decides: false }));
}

/** What the verdict looks at. */
export function deciding<Row extends Pick<LatencyMeasurement, 'decides'>>(measured: readonly Row[]): Row[] {
  return measured.filter(({ decides }) => decides !== false);
}
