import type { Coordinates } from './distance';
import type { FactOrigin } from './fact';

/** Law that applies to data and users in a place. Requests name these in `compliance.residency`. */
export type Jurisdiction = 'us' | 'ca' | 'br' | 'eu' | 'uk' | 'za' | 'bh' | 'in' | 'sg' | 'hk' | 'jp' | 'kr' | 'au';

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

/** All 21 regions have offered these for years; a region that lacks one gets its own list. */
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

const OPT_IN = new Set(['af-south-1', 'ap-east-1', 'eu-south-1', 'me-south-1']);

const FACTS: ReadonlyMap<string, RegionFact> = new Map(
  ROWS.map(([id, place, lat, lon, jurisdiction, continent, letters]) => [
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
export const REGION_IDS: readonly string[] = [...FACTS.keys()];

export function isKnownRegion(id: string): boolean {
  return FACTS.has(id);
}

/** The facts of one region. Throws a RangeError when the catalog does not know it: check with `isKnownRegion` first. */
export function regionFact(id: string): RegionFact {
  const fact = FACTS.get(id);
  if (!fact) throw new RangeError(`region "${id}" is not in the catalog; known are ${REGION_IDS.join(', ')}`);
  return fact;
}
