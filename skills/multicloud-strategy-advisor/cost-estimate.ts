import type { FactBasis } from '../../catalog/fact';
import {
  fargateVcpuHour,
  flatPrice,
  HOURS_PER_MONTH,
  internetTransferGb,
  PRICES_ORIGIN,
  type Price,
  rdsHour,
  regionalPrice,
  regionTransferGb,
} from '../../catalog/prices';
import { regionFact } from '../../catalog/regions';
import type { DataStoreRequest, DeploymentRequest } from '../../contracts/request';
import type { CostEstimate, CostLine } from '../../contracts/topology';
import { instanceClassIn, isMultiAz, natGatewaysIn, tasksIn, ZONES_USED_AT_MOST } from '../../policies/region-sizes';
import type { Placement } from './placement';

type Place = Placement['regions'][number];

/** No request says how much traffic it has; this much a month is assumed in all, and shown as an assumption. */
const ASSUMED_EGRESS_GB = 100;
const ASSUMED_NAT_GB = 10;
/** Replication is assumed to send as much a month as the store holds. */
const ASSUMED_TURNOVERS = 1;
/** Requests to a table a month, each of writes and reads. */
const ASSUMED_MILLION_REQUESTS = 10;
/** HTTPS and the fast interval, on every health check. */
const HEALTH_CHECK_OPTIONS = 2;

function line(
  region: string,
  item: string,
  quantity: string,
  parts: ReadonlyArray<[Price, number]>,
  assumed = false,
): CostLine {
  const total = parts.reduce((sum, [price, units]) => sum + price.usd * units, 0);
  const basis: FactBasis = !assumed && parts.every(([price]) => price.basis === 'verified') ? 'verified' : 'estimated';
  return { region, item, quantity, usdPerMonth: Math.round(total * 100) / 100, basis };
}

/** Fargate sells half a gigabyte, or whole ones. */
function billedGb(memoryMb: number): number {
  return memoryMb <= 512 ? 0.5 : Math.ceil(memoryMb / 1024);
}

function serviceLines(place: Place, request: DeploymentRequest): CostLine[] {
  const { region } = place;
  return request.services.map((service) => {
    const tasks = tasksIn(place, service, request);
    const vcpus = service.cpu / 1024;
    const gb = billedGb(service.memoryMb);
    return line(region, `Fargate ${service.name}`, `${tasks} × ${vcpus} vCPU, ${gb} GB`, [
      [fargateVcpuHour(region), tasks * vcpus * HOURS_PER_MONTH],
      [regionalPrice('fargate-gb-hour', region), tasks * gb * HOURS_PER_MONTH],
    ]);
  });
}

function networkLines({ region }: Place, request: DeploymentRequest, usersShare: number): CostLine[] {
  const zones = Math.min(ZONES_USED_AT_MOST, regionFact(region).zones.length);
  const nats = natGatewaysIn(zones, request);
  const egress = Math.round(ASSUMED_EGRESS_GB * usersShare);
  return [
    line(region, 'load balancer', '1, with 1 LCU', [
      [regionalPrice('alb-hour', region), HOURS_PER_MONTH],
      [regionalPrice('alb-lcu-hour', region), HOURS_PER_MONTH],
    ]),
    line(region, 'NAT gateway', String(nats), [[regionalPrice('nat-hour', region), nats * HOURS_PER_MONTH]]),
    line(
      region,
      'NAT traffic',
      `${ASSUMED_NAT_GB} GB (assumed)`,
      [[regionalPrice('nat-gb', region), ASSUMED_NAT_GB]],
      true,
    ),
    line(region, 'transfer to the internet', `${egress} GB (assumed)`, [[internetTransferGb(region), egress]], true),
  ];
}

function storeLines(place: Place, store: DataStoreRequest, request: DeploymentRequest): CostLine[] {
  switch (store.engine) {
    case 'dynamodb':
      return tableLines(place, store);
    case 's3':
      return bucketLines(place, store);
    case 'postgresql':
    case 'redis':
      return databaseLines(place, store, request);
  }
}

/** Every copy stores all items and takes all writes; reads are assumed to be as many. */
function tableLines({ region }: Place, { name, storageGb }: DataStoreRequest): CostLine[] {
  return [
    line(region, `DynamoDB ${name}`, `${storageGb} GB with backups`, [
      [regionalPrice('dynamodb-gb-month', region), storageGb],
      [regionalPrice('dynamodb-backup-gb-month', region), storageGb],
    ]),
    line(
      region,
      `requests ${name}`,
      `${ASSUMED_MILLION_REQUESTS} million writes and reads (assumed)`,
      [
        [regionalPrice('dynamodb-million-writes', region), ASSUMED_MILLION_REQUESTS],
        [regionalPrice('dynamodb-million-reads', region), ASSUMED_MILLION_REQUESTS],
      ],
      true,
    ),
  ];
}

function bucketLines({ region }: Place, { name, storageGb }: DataStoreRequest): CostLine[] {
  return [line(region, `S3 ${name}`, `${storageGb} GB`, [[regionalPrice('s3-gb-month', region), storageGb]])];
}

function databaseLines(place: Place, store: DataStoreRequest, request: DeploymentRequest): CostLine[] {
  const { region } = place;
  const instanceClass = instanceClassIn(place, store, request);
  const copies = isMultiAz(place, request) ? 2 : 1;
  const zones = copies === 2 ? ', two zones' : '';
  return [
    line(region, `RDS ${store.name}`, `1 × ${instanceClass}${zones}`, [
      [rdsHour(instanceClass, region), copies * HOURS_PER_MONTH],
    ]),
    line(region, `storage ${store.name}`, `${store.storageGb} GB${zones}`, [
      [regionalPrice('rds-storage-gb-month', region), copies * store.storageGb],
    ]),
  ];
}

/** A key per region, a secret per database password and per reference, an alarm per thing that can fail, a dashboard. */
function careLines({ region }: Place, { services, dataStores }: DeploymentRequest): CostLine[] {
  const passwords = dataStores.filter(({ engine }) => engine === 'postgresql').length;
  // logs and alarms; tables and buckets, where there are any
  const keys = passwords < dataStores.length ? 2 : 1;
  const secrets = passwords + services.reduce((sum, service) => sum + service.secrets.length, 0);
  const alarms = 1 + services.length + dataStores.length;
  return [
    line(region, 'keys and secrets', `keys: ${keys}, secrets: ${secrets}`, [
      [flatPrice('kms-key-month'), keys],
      [flatPrice('secret-month'), secrets],
    ]),
    line(region, 'monitoring', `alarms: ${alarms}, dashboards: 1`, [
      [flatPrice('alarm-month'), alarms],
      [flatPrice('dashboard-month'), 1],
    ]),
  ];
}

/** Replication Time Control is paid for by what it sends. */
function timeControlled(region: string, gb: number): [Price, number] {
  return [regionalPrice('s3-replication-time-gb', region), gb];
}

function replicationLines({ mode, regions }: Placement, { dataStores }: DeploymentRequest): CostLine[] {
  const [primary, ...replicas] = regions;
  if (!primary || replicas.length === 0 || mode === 'sharded') return [];
  return dataStores.map((store) => {
    const gb = store.storageGb * ASSUMED_TURNOVERS * replicas.length;
    return line(
      primary.region,
      `replication ${store.name}`,
      `${gb} GB (assumed)`,
      [[regionTransferGb(primary.region), gb], ...(store.engine === 's3' ? [timeControlled(primary.region, gb)] : [])],
      true,
    );
  });
}

function globalLine(regions: number): CostLine {
  return line('global', 'Route 53', `zones: 1, health checks: ${regions}`, [
    [flatPrice('hosted-zone-month'), 1],
    [flatPrice('health-check-month'), regions],
    [flatPrice('health-check-option-month'), regions * HEALTH_CHECK_OPTIONS],
  ]);
}

/** What a topology costs a month, by line, at list prices, for the sizes that its templates use. */
export function estimateCost(
  placement: Placement,
  request: DeploymentRequest,
  usersShare: ReadonlyMap<string, number>,
): CostEstimate {
  const lines = [
    ...placement.regions.flatMap((place) => [
      ...serviceLines(place, request),
      ...networkLines(place, request, usersShare.get(place.region) ?? 0),
      ...request.dataStores.flatMap((store) => storeLines(place, store, request)),
      ...careLines(place, request),
    ]),
    ...replicationLines(placement, request),
    globalLine(placement.regions.length),
  ];
  const cents = lines.reduce((sum, { usdPerMonth }) => sum + Math.round(usdPerMonth * 100), 0);
  return { usdPerMonth: cents / 100, lines, asOf: PRICES_ORIGIN.asOf };
}
