import { distanceKm } from '../../catalog/distance';
import { accessRttMs, distanceRttMs, locationRttMs, locationRtts, locations, regionRttMs } from '../../catalog/latency';
import rtt from '../../catalog/region-rtt.json';
import { isKnownRegion, isOnRequest, REGION_IDS, regionFact } from '../../catalog/regions';

describe('regions', () => {
  test('that are used unasked are exactly those of the measured latency table', () => {
    const measured = REGION_IDS.filter((region) => !isOnRequest(region));
    expect(measured.sort()).toEqual([...rtt.regions].sort());
    expect(measured).toHaveLength(21);
    expect(REGION_IDS.length).toBeGreaterThanOrEqual(30);
  });

  test('have zones named after them, at least three where a new account gets three', () => {
    for (const id of REGION_IDS) {
      const { zones } = regionFact(id);
      expect(zones.length).toBeGreaterThanOrEqual(id === 'us-west-1' ? 2 : 3);
      for (const zone of zones) expect(zone).toMatch(new RegExp(`^${id}[a-f]$`));
      expect(new Set(zones).size).toBe(zones.length);
    }
  });

  test('that are unknown are refused with the ones that exist', () => {
    expect(isKnownRegion('eu-west-9')).toBe(false);
    expect(() => regionFact('eu-west-9')).toThrow(/"eu-west-9" is not in the catalog; known are .*eu-west-1/);
  });
});

describe('latency', () => {
  test('between two regions is the mean of both measured directions and symmetric', () => {
    expect(regionRttMs('us-east-1', 'ap-southeast-1')).toBe((211 + 213) / 2);
    expect(regionRttMs('us-east-1', 'eu-west-1')).toBe(69.5);
    for (const a of REGION_IDS) for (const b of REGION_IDS) expect(regionRttMs(a, b)).toBe(regionRttMs(b, a));
  });

  test('never beats light in fibre, neither measured nor by the law', () => {
    for (const a of REGION_IDS) {
      for (const b of REGION_IDS) {
        if (a !== b) expect(regionRttMs(a, b)).toBeGreaterThan(distanceKm(regionFact(a), regionFact(b)) / 100);
      }
      for (const location of locations) {
        expect(accessRttMs(location, a)).toBeGreaterThan(distanceKm(location, regionFact(a)) / 100);
      }
    }
  });

  test('by the law is within 30 ms of the measurements on average', () => {
    const measured = REGION_IDS.filter((region) => !isOnRequest(region));
    const errors = measured.flatMap((a) =>
      measured
        .filter((b) => b > a)
        .map((b) => Math.abs(regionRttMs(a, b) - distanceRttMs(distanceKm(regionFact(a), regionFact(b))))),
    );
    expect(errors).toHaveLength(210);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(30);
  });

  test('has ten test locations on every inhabited continent, each with a way to every region', () => {
    expect(locations).toHaveLength(10);
    expect(new Set(locations.map((location) => location.area)).size).toBeGreaterThanOrEqual(7);
    const table = locationRtts();
    for (const location of locations) {
      for (const region of REGION_IDS) {
        expect(table[location.id]?.[region]).toBeCloseTo(locationRttMs(location.id, region), 0);
      }
    }
  });

  test('from a place that is not a test location is refused with the ones that exist', () => {
    expect(() => locationRttMs('atlantis', 'eu-west-1')).toThrow(
      /"atlantis" is not in the catalog; known are new-york/,
    );
  });
});
