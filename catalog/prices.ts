import type { FactBasis, FactOrigin } from './fact';

/** A list price in US dollars per unit of its item. */
export interface Price {
  usd: number;
  basis: FactBasis;
}

/** Of the whole list; each price has a basis of its own. */
export const PRICES_ORIGIN: FactOrigin = {
  source:
    'list prices in us-east-1 from the golden test files of infracost @95ba4f49 (2024-09 to 2025-07) and infratally 2026; prices marked estimated are general knowledge or derived',
  asOf: '2025-07',
  basis: 'estimated',
};

export const HOURS_PER_MONTH = 730;

const verified = (usd: number): Price => ({ usd, basis: 'verified' });
const estimated = (usd: number): Price => ({ usd, basis: 'estimated' });

/** Fargate, per vCPU-hour on Linux x86. The one price that is known for every region, hence the base of the index. */
const FARGATE_VCPU_HOUR: Record<string, Price> = {
  'us-east-1': verified(0.04048),
  'us-east-2': estimated(0.04048),
  'us-west-2': estimated(0.04048),
  'eu-west-1': estimated(0.04048),
  'ap-south-1': estimated(0.04256),
  'eu-north-1': estimated(0.0445),
  'ca-central-1': estimated(0.04456),
  'us-west-1': estimated(0.04656),
  'eu-central-1': estimated(0.04656),
  'eu-west-2': estimated(0.04656),
  'ap-northeast-2': estimated(0.04656),
  'ap-southeast-2': verified(0.04856),
  'eu-west-3': estimated(0.0486),
  'eu-south-1': estimated(0.0486),
  'ap-northeast-1': estimated(0.05056),
  'ap-northeast-3': estimated(0.05056),
  'ap-southeast-1': estimated(0.05056),
  'me-south-1': estimated(0.0528),
  'af-south-1': estimated(0.0541),
  'ap-east-1': estimated(0.0555),
  'sa-east-1': verified(0.0696),
};
const DEAREST_VCPU_HOUR = estimated(0.0696);

/** Prices in us-east-1 of what differs by region; other regions are this times `priceIndex`. */
const BASE = {
  'fargate-gb-hour': verified(0.004445),
  'rds-storage-gb-month': verified(0.115),
  'alb-hour': verified(0.0225),
  'alb-lcu-hour': verified(0.008),
  'nat-hour': verified(0.045),
  'nat-gb': verified(0.045),
  'dynamodb-gb-month': estimated(0.25),
  'dynamodb-backup-gb-month': estimated(0.2),
  'dynamodb-million-writes': estimated(0.625),
  'dynamodb-million-reads': estimated(0.125),
  's3-gb-month': estimated(0.023),
  's3-replication-time-gb': estimated(0.015),
} as const;

/** The same everywhere, per month. */
const FLAT = {
  'health-check-month': verified(0.5),
  'health-check-option-month': verified(1),
  'hosted-zone-month': estimated(0.5),
  'kms-key-month': verified(1),
  'secret-month': verified(0.4),
  'alarm-month': estimated(0.1),
  'dashboard-month': estimated(3),
} as const;

/** Seen on a real bill; the index would say 0.056. */
const OVERRIDES: Record<string, Price> = {
  'ap-southeast-1/nat-hour': verified(0.059),
  'ap-southeast-1/nat-gb': verified(0.059),
};

/** RDS for PostgreSQL per instance-hour in one zone, us-east-1; two zones cost twice as much. */
const RDS_HOUR: Record<string, Price> = {
  'db.t4g.micro': verified(0.016),
  'db.t4g.small': verified(0.032),
  'db.t4g.medium': verified(0.065),
  'db.t4g.large': estimated(0.129),
  'db.t3.large': verified(0.145),
  'db.m6g.large': estimated(0.159),
  'db.m6g.xlarge': estimated(0.318),
  'db.m6g.2xlarge': estimated(0.636),
  'db.r6g.large': estimated(0.225),
  'db.r6g.xlarge': estimated(0.45),
  'db.r6g.2xlarge': estimated(0.9),
};

/** Per GB sent from a region to another one, and from a region to the internet (first 10 TB). */
const TRANSFER_OUT: Record<string, [toRegion: number, toInternet: number]> = {
  'ap-northeast-2': [0.08, 0.126],
  'ap-south-1': [0.086, 0.1093],
  'ap-northeast-1': [0.09, 0.114],
  'ap-northeast-3': [0.09, 0.114],
  'ap-southeast-1': [0.09, 0.12],
  'ap-east-1': [0.09, 0.12],
  'ap-southeast-2': [0.098, 0.114],
  'me-south-1': [0.1105, 0.117],
  'sa-east-1': [0.138, 0.15],
  'af-south-1': [0.147, 0.154],
};
const TRANSFER_OUT_US_EU_CA: [number, number] = [0.02, 0.09];

export type RegionalPriceItem = keyof typeof BASE;
export type FlatPriceItem = keyof typeof FLAT;

export const INSTANCE_CLASSES: readonly string[] = Object.keys(RDS_HOUR);

export function isPricedInstanceClass(instanceClass: string): boolean {
  return Object.hasOwn(RDS_HOUR, instanceClass);
}

/** Classes that a region does not have, by the region data of @aws/cloudformation-validate 1.9.0-beta (rule E3025). */
const CLASSES_MISSING: { [region: string]: RegExp } = { 'ca-west-1': /^db\.t4g\./ };

/** The classes with a known price that a region has. */
export function instanceClassesIn(region: string): string[] {
  return INSTANCE_CLASSES.filter(
    (instanceClass) =>
      !(Object.hasOwn(CLASSES_MISSING, region) ? CLASSES_MISSING[region] : undefined)?.test(instanceClass),
  );
}

export function fargateVcpuHour(region: string): Price {
  return FARGATE_VCPU_HOUR[region] ?? DEAREST_VCPU_HOUR;
}

/** How dear a region is, us-east-1 being 1: the ratio of Fargate prices. Good to 10 to 15 % for other items. */
export function priceIndex(region: string): number {
  return fargateVcpuHour(region).usd / fargateVcpuHour('us-east-1').usd;
}

function scaled(base: Price, region: string): Price {
  return region === 'us-east-1' ? base : estimated(base.usd * priceIndex(region));
}

export function regionalPrice(item: RegionalPriceItem, region: string): Price {
  return OVERRIDES[`${region}/${item}`] ?? scaled(BASE[item], region);
}

export function flatPrice(item: FlatPriceItem): Price {
  return FLAT[item];
}

/** RDS for PostgreSQL, one zone, per hour. Throws a RangeError for a class without a price (`isPricedInstanceClass`). */
export function rdsHour(instanceClass: string, region: string): Price {
  const base = RDS_HOUR[instanceClass];
  if (!base)
    throw new RangeError(`no price for instance class "${instanceClass}"; known are ${INSTANCE_CLASSES.join(', ')}`);
  return scaled(base, region);
}

export function regionTransferGb(from: string): Price {
  return verified((TRANSFER_OUT[from] ?? TRANSFER_OUT_US_EU_CA)[0]);
}

export function internetTransferGb(from: string): Price {
  return verified((TRANSFER_OUT[from] ?? TRANSFER_OUT_US_EU_CA)[1]);
}
