import { AREA_CONTINENTS, USER_AREAS } from '../../catalog/areas';
import { capability, describeCapability, enginesOf } from '../../catalog/capabilities';
import { isInside, JURISDICTIONS, regionsIn } from '../../catalog/jurisdictions';
import { DISTANCE_LAW_ORIGIN, REGION_RTT_ORIGIN } from '../../catalog/latency';
import { POPULATION_ORIGIN, userCells } from '../../catalog/population';
import {
  fargateVcpuHour,
  HOURS_PER_MONTH,
  INSTANCE_CLASSES,
  internetTransferGb,
  PRICES_ORIGIN,
  priceIndex,
  rdsHour,
  regionalPrice,
  regionTransferGb,
} from '../../catalog/prices';
import { REGION_IDS, REGIONS_ORIGIN } from '../../catalog/regions';

test('every fact names its source, its date and how far it can be trusted', () => {
  const origins = [REGIONS_ORIGIN, REGION_RTT_ORIGIN, DISTANCE_LAW_ORIGIN, POPULATION_ORIGIN, PRICES_ORIGIN];
  for (const { source, asOf, basis } of origins) {
    expect(source.length).toBeGreaterThan(20);
    expect(asOf).toMatch(/^(\d{4}(-\d\d)?|undated)$/);
    expect(['verified', 'estimated']).toContain(basis);
  }
});

describe('users', () => {
  test('of every area are found, and their weights sum to one', () => {
    for (const area of USER_AREAS) {
      const cells = userCells([{ area, share: 100 }]);
      expect(cells.length).toBeGreaterThan(10);
      expect(cells.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
      expect(AREA_CONTINENTS[area].length).toBeGreaterThan(0);
    }
  });

  test('are split between areas as the shares say', () => {
    const cells = userCells([
      { area: 'europe', share: 75 },
      { area: 'oceania', share: 25 },
    ]);
    const oceania = cells.filter(({ area }) => area === 'oceania').reduce((sum, { weight }) => sum + weight, 0);
    expect(oceania).toBeCloseTo(0.25, 9);
  });

  test('of the European Union are only those under its law, unlike those of Europe', () => {
    const union = new Set(userCells([{ area: 'european-union', share: 100 }]).map(({ jurisdiction }) => jurisdiction));
    const europe = new Set(userCells([{ area: 'europe', share: 100 }]).map(({ jurisdiction }) => jurisdiction));
    expect([...union]).toEqual(['eu']);
    expect([...europe].sort()).toEqual(['eu', 'other', 'uk']);
  });

  test('are where people live: half of north america is nearer to the east coast than to the west coast', () => {
    const cells = userCells([{ area: 'north-america', share: 100 }]);
    const east = cells.filter(({ lon }) => lon > -100).reduce((sum, { weight }) => sum + weight, 0);
    expect(east).toBeGreaterThan(0.5);
    expect(east).toBeLessThan(0.9);
  });
});

describe('jurisdictions', () => {
  test('partition the regions, each with at least one', () => {
    const all = JURISDICTIONS.flatMap((jurisdiction) => regionsIn(jurisdiction));
    expect(all.sort()).toEqual([...REGION_IDS].sort());
    for (const jurisdiction of JURISDICTIONS) expect(regionsIn(jurisdiction).length).toBeGreaterThan(0);
  });

  test('keep London out of the European Union and Dublin in it', () => {
    expect(isInside('eu-west-2', ['eu'])).toBe(false);
    expect(isInside('eu-west-1', ['eu'])).toBe(true);
    expect(isInside('eu-west-2', ['eu', 'uk'])).toBe(true);
  });
});

describe('prices', () => {
  test('give the monthly figures that public price tables give for us-east-1', () => {
    expect(fargateVcpuHour('us-east-1').usd * HOURS_PER_MONTH).toBeCloseTo(29.55, 2);
    expect(regionalPrice('fargate-gb-hour', 'us-east-1').usd * HOURS_PER_MONTH).toBeCloseTo(3.245, 2);
  });

  test('exist for every region and item, and are never below those of the cheapest region', () => {
    for (const region of REGION_IDS) {
      expect(priceIndex(region)).toBeGreaterThanOrEqual(1);
      expect(priceIndex(region)).toBeLessThan(2);
      for (const instanceClass of INSTANCE_CLASSES) expect(rdsHour(instanceClass, region).usd).toBeGreaterThan(0);
      expect(internetTransferGb(region).usd).toBeGreaterThan(regionTransferGb(region).usd);
    }
  });

  test('that are scaled from another region are marked as estimates', () => {
    expect(rdsHour('db.t4g.small', 'us-east-1').basis).toBe('verified');
    expect(rdsHour('db.t4g.small', 'eu-west-1').basis).toBe('estimated');
    expect(regionalPrice('nat-hour', 'ap-southeast-1')).toEqual({ usd: 0.059, basis: 'verified' });
  });

  test('of an unknown instance class are refused with those that are known', () => {
    expect(() => rdsHour('db.huge', 'us-east-1')).toThrow(/"db.huge"; known are db.t4g.micro/);
  });
});

describe('capabilities', () => {
  test('promise synchronous replication across regions only where nothing managed is in the way', () => {
    const described = (platform: 'lab' | 'aws') => {
      const row = capability('postgresql', platform);
      return row && describeCapability(row);
    };
    expect(described('lab')).toContain('postgresql on lab: synchronous or asynchronous across regions');
    expect(described('aws')).toContain('postgresql on aws: asynchronous across regions');
    for (const engine of enginesOf('aws')) expect(capability(engine, 'aws')).toMatchObject({ synchronous: false });
    for (const platform of ['lab', 'aws', 'fake'] as const)
      expect(capability('postgresql', platform)).toMatchObject({ multiWriter: false });
  });

  test('have no row for engines that nothing can be rendered for', () => {
    expect(capability('dynamodb', 'lab')).toBeUndefined();
    expect(enginesOf('lab')).toEqual(['postgresql']);
  });
});
