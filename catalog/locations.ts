import type { UserArea } from './areas';
import type { Coordinates } from './distance';

/** A place on earth from which latency is measured. */
export interface TestLocation extends Coordinates {
  id: string;
  city: string;
  area: UserArea;
}

/**
 * The ten world locations of the latency check: large cities on every inhabited continent. None is chosen for being
 * next to a region; some are (Singapore, London), as are many users.
 */
export const locations: readonly TestLocation[] = [
  { id: 'new-york', city: 'New York', lat: 40.71, lon: -74.01, area: 'north-america' },
  { id: 'san-francisco', city: 'San Francisco', lat: 37.77, lon: -122.42, area: 'north-america' },
  { id: 'sao-paulo', city: 'São Paulo', lat: -23.55, lon: -46.63, area: 'south-america' },
  { id: 'london', city: 'London', lat: 51.51, lon: -0.13, area: 'europe' },
  { id: 'frankfurt', city: 'Frankfurt', lat: 50.11, lon: 8.68, area: 'europe' },
  { id: 'johannesburg', city: 'Johannesburg', lat: -26.2, lon: 28.05, area: 'africa' },
  { id: 'mumbai', city: 'Mumbai', lat: 19.08, lon: 72.88, area: 'south-asia' },
  { id: 'singapore', city: 'Singapore', lat: 1.35, lon: 103.82, area: 'south-east-asia' },
  { id: 'tokyo', city: 'Tokyo', lat: 35.68, lon: 139.77, area: 'east-asia' },
  { id: 'sydney', city: 'Sydney', lat: -33.87, lon: 151.21, area: 'oceania' },
];

/** Throws a RangeError when there is no such test location. */
export function testLocation(id: string): TestLocation {
  const found = locations.find((location) => location.id === id);
  if (!found) {
    throw new RangeError(
      `test location "${id}" is not in the catalog; known are ${locations.map((l) => l.id).join(', ')}`,
    );
  }
  return found;
}
