import type { Coordinates } from './distance';
import type { FactOrigin } from './fact';

/** Law that applies to data and users in a place. Requests name these in `compliance.residency`. */
export type Jurisdiction =
  | ('us' | 'ca' | 'mx' | 'br' | 'eu' | 'uk' | 'ch' | 'za' | 'bh' | 'ae' | 'il')
  | ('in' | 'sg' | 'hk' | 'tw' | 'jp' | 'kr' | 'id' | 'my' | 'th' | 'au');

export type Continent = 'north-america' | 'south-america' | 'europe' | 'africa' | 'asia' | 'oceania';

/** Services that a deployment may need; `RegionFact.services` says which a region offers. */
export type RegionService =
  | 'ecs-fargate'
  | 'application-load-balancer'
  | 'nat-gateway'
  | 'rds-postgresql'
  | 'dynamodb'
  | 'elasticache'
  | 's3'
  | 'kms'
  | 'secrets-manager'
  | 'cloudwatch';

/** One cloud region. `optIn` regions must be enabled in an account before anything can be made there. */
export interface RegionFact extends Coordinates {
  id: string;
  /** the name AWS gives the place, in lower case with dashes, for example `ireland` */
  place: string;
  jurisdiction: Jurisdiction;
  continent: Continent;
  /** zone names that new accounts can usually use, for example `eu-west-1a` */
  zones: string[];
  services: readonly RegionService[];
  optIn: boolean;
}

export const REGIONS_ORIGIN: FactOrigin = {
  source:
    'coordinates: the region latency table (region-rtt.json); places, zones, opt-in and services: AWS region and zone documentation as generally known, zone names differ between accounts',
  asOf: '2026-11',
  basis: 'estimated',
};

/** Every region of the table offers these; a region that lacks one gets its own list. */
const EVERY_SERVICE: readonly RegionService[] = [
  'ecs-fargate',
  'application-load-balancer',
  'nat-gateway',
  'rds-postgresql',
  'dynamodb',
  'elasticache',
  's3',
  'kms',
  'secrets-manager',
  'cloudwatch',
];

type Row = [id: string, place: string, lat: number, lon: number, Jurisdiction, Continent, zoneLetters: string];

const ROWS: Row[] = [
  ['af-south-1', 'cape-town', -33.93, 18.42, 'za', 'africa', 'abc'],
  ['ap-east-1', 'hong-kong', 22.32, 114.17, 'hk', 'asia', 'abc'],
  ['ap-northeast-1', 'tokyo', 35.68, 139.77, 'jp', 'asia', 'acd'],
  ['ap-northeast-2', 'seoul', 37.57, 126.98, 'kr', 'asia', 'abcd'],
  ['ap-northeast-3', 'osaka', 34.69, 135.5, 'jp', 'asia', 'abc'],
  ['ap-south-1', 'mumbai', 19.08, 72.88, 'in', 'asia', 'abc'],
  ['ap-southeast-1', 'singapore', 1.35, 103.82, 'sg', 'asia', 'abc'],
  ['ap-southeast-2', 'sydney', -33.87, 151.21, 'au', 'oceania', 'abc'],
  ['ca-central-1', 'montreal', 45.5, -73.57, 'ca', 'north-america', 'abd'],
  ['eu-central-1', 'frankfurt', 50.11, 8.68, 'eu', 'europe', 'abc'],
  ['eu-north-1', 'stockholm', 59.33, 18.07, 'eu', 'europe', 'abc'],
  ['eu-south-1', 'milan', 45.46, 9.19, 'eu', 'europe', 'abc'],
  ['eu-west-1', 'ireland', 53.35, -6.26, 'eu', 'europe', 'abc'],
  ['eu-west-2', 'london', 51.51, -0.13, 'uk', 'europe', 'abc'],
  ['eu-west-3', 'paris', 48.86, 2.35, 'eu', 'europe', 'abc'],
  ['me-south-1', 'bahrain', 26.07, 50.55, 'bh', 'asia', 'abc'],
  ['sa-east-1', 'sao-paulo', -23.55, -46.63, 'br', 'south-america', 'abc'],
  ['us-east-1', 'n-virginia', 38.95, -77.45, 'us', 'north-america', 'abcdef'],
  ['us-east-2', 'ohio', 39.96, -83.0, 'us', 'north-america', 'abc'],
  ['us-west-1', 'n-california', 37.35, -121.96, 'us', 'north-america', 'ac'],
  ['us-west-2', 'oregon', 45.84, -119.7, 'us', 'north-america', 'abcd'],
];

/**
 * Regions that came later. Nobody has measured their round trips for our table, so the advisor offers them only to a
 * request that names them in `regions.wanted`.
 */
const LATER_ROWS: Row[] = [
  ['ap-east-2', 'taipei', 25.03, 121.57, 'tw', 'asia', 'abc'],
  ['ap-south-2', 'hyderabad', 17.39, 78.49, 'in', 'asia', 'abc'],
  ['ap-southeast-3', 'jakarta', -6.21, 106.85, 'id', 'asia', 'abc'],
  ['ap-southeast-4', 'melbourne', -37.81, 144.96, 'au', 'oceania', 'abc'],
  ['ap-southeast-5', 'kuala-lumpur', 3.14, 101.69, 'my', 'asia', 'abc'],
  ['ap-southeast-7', 'bangkok', 13.76, 100.5, 'th', 'asia', 'abc'],
  ['ca-west-1', 'calgary', 51.05, -114.07, 'ca', 'north-america', 'abc'],
  ['eu-central-2', 'zurich', 47.37, 8.54, 'ch', 'europe', 'abc'],
  ['eu-south-2', 'spain', 41.65, -0.88, 'eu', 'europe', 'abc'],
  ['il-central-1', 'tel-aviv', 32.09, 34.78, 'il', 'asia', 'abc'],
  ['me-central-1', 'uae', 24.45, 54.38, 'ae', 'asia', 'abc'],
  ['mx-central-1', 'queretaro', 20.59, -100.39, 'mx', 'north-america', 'abc'],
];

const LATER = new Set(LATER_ROWS.map(([id]) => id));
const OPT_IN = new Set(['af-south-1', 'ap-east-1', 'eu-south-1', 'me-south-1', ...LATER]);

const FACTS: ReadonlyMap<string, RegionFact> = new Map(
  [...ROWS, ...LATER_ROWS].map(([id, place, lat, lon, jurisdiction, continent, letters]) => [
    id,
    {
      id,
      place,
      lat,
      lon,
      jurisdiction,
      continent,
      zones: [...letters].map((letter) => `${id}${letter}`),
      services: EVERY_SERVICE,
      optIn: OPT_IN.has(id),
    },
  ]),
);

/** Every region of the catalog, in alphabetical order. */
export const REGION_IDS: readonly string[] = [...FACTS.keys()].sort();

/** Whether a region is used only where a request names it. */
export function isOnRequest(id: string): boolean {
  return LATER.has(id);
}

export function isKnownRegion(id: string): boolean {
  return FACTS.has(id);
}

/** The facts of one region. Throws a RangeError when the catalog does not know it: check with `isKnownRegion` first. */
export function regionFact(id: string): RegionFact {
  const fact = FACTS.get(id);
  if (!fact) throw new RangeError(`region "${id}" is not in the catalog; known are ${REGION_IDS.join(', ')}`);
  return fact;
}
