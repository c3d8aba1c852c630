import type { PlatformKind } from '../contracts/region';
import type { DataStoreRequest } from '../contracts/request';
import type { FactOrigin } from './fact';

export type Engine = DataStoreRequest['engine'];

/** What one engine can do across regions on one platform, as Meridian deploys it there. */
export interface Capability {
  engine: Engine;
  platform: PlatformKind;
  /** a commit can wait for another region */
  synchronous: boolean;
  /** more than one region may take writes to the same data */
  multiWriter: boolean;
  /** the best recovery point that may be promised when replication is asynchronous, seconds */
  leastRpoSeconds: number;
  /** how an old primary is kept from writing, and what proves it */
  fence: 'processes-gone' | 'ingress-closed-and-zero-connections' | 'none';
  /** from the order to promote to the first write */
  promoteSeconds: number;
  origin: FactOrigin;
}

/**
 * One row per engine and platform that Meridian can deploy. An engine without a row is refused by name. The lab's
 * PostgreSQL is its own: streaming replication with a quorum of standbys, which no managed PostgreSQL of AWS has across
 * regions.
 */
const CAPABILITIES: readonly Capability[] = [
  {
    engine: 'postgresql',
    platform: 'lab',
    synchronous: true,
    multiWriter: false,
    leastRpoSeconds: 1,
    fence: 'processes-gone',
    promoteSeconds: 2,
    origin: {
      source:
        'synchronous_standby_names = ANY n (standbys) of PostgreSQL 18, whose standbys are in other regions; promotion measured on one machine: first write within 0.17 s in 40 runs, once 1.04 s in another 60; the recovery point is an estimate, drills prove it',
      asOf: '2026-11',
      basis: 'estimated',
    },
  },
  {
    engine: 'postgresql',
    platform: 'aws',
    synchronous: false,
    multiWriter: false,
    leastRpoSeconds: 60,
    fence: 'ingress-closed-and-zero-connections',
    promoteSeconds: 300,
    origin: {
      source:
        'Amazon RDS cross-region read replicas: asynchronous only, lag of seconds when idle and no bound promised; promotion restarts the instance and takes minutes',
      asOf: '2026-11',
      basis: 'estimated',
    },
  },
  {
    engine: 'dynamodb',
    platform: 'aws',
    synchronous: false,
    multiWriter: true,
    leastRpoSeconds: 5,
    fence: 'none',
    promoteSeconds: 0,
    origin: {
      source:
        'Amazon DynamoDB global tables with multi-Region eventual consistency: every replica takes writes, the last writer wins, changes arrive within seconds and no bound is promised (developer guide, "How DynamoDB global tables work")',
      asOf: '2026-11',
      basis: 'estimated',
    },
  },
  {
    engine: 's3',
    platform: 'aws',
    synchronous: false,
    multiWriter: false,
    leastRpoSeconds: 900,
    fence: 'none',
    promoteSeconds: 0,
    origin: {
      source:
        'Amazon S3 Replication Time Control: 99.99 % of new objects are copied within 15 minutes (S3 user guide, "Meeting compliance requirements with S3 RTC")',
      asOf: '2026-11',
      basis: 'verified',
    },
  },
  {
    engine: 'postgresql',
    platform: 'fake',
    synchronous: true,
    multiWriter: false,
    leastRpoSeconds: 1,
    fence: 'processes-gone',
    promoteSeconds: 2,
    origin: { source: 'set to what the lab row says, for tests', asOf: '2026-11', basis: 'estimated' },
  },
];

/** The row for an engine on a platform; undefined when Meridian cannot deploy it there. */
export function capability(engine: Engine, platform: PlatformKind): Capability | undefined {
  return CAPABILITIES.find((row) => row.engine === engine && row.platform === platform);
}

/** Why an engine has no row for a platform, for people who asked for it. */
export function whyNot(engine: Engine, platform: PlatformKind): string {
  if (platform !== 'aws') return `the ${platform} platform runs PostgreSQL only`;
  return engine === 'redis'
    ? 'a Global Datastore of ElastiCache fails over by hand and promises no recovery point, so it is no store of record here'
    : 'there is no template for it';
}

export function enginesOf(platform: PlatformKind): Engine[] {
  return CAPABILITIES.filter((row) => row.platform === platform).map((row) => row.engine);
}

/** One sentence for plans and reports: what the row says and where it comes from. */
export function describeCapability(row: Capability): string {
  const [both, then] = row.synchronous ? ['synchronous or ', ' when asynchronous'] : ['', ''];
  return (
    `${row.engine} on ${row.platform}: ${both}asynchronous across regions, at best ${row.leastRpoSeconds} s of writes at risk${then}, ` +
    `fence ${row.fence}, promotion ${row.promoteSeconds} s (${row.origin.basis} ${row.origin.asOf}: ${row.origin.source})`
  );
}
