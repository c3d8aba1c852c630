import { setTimeout as sleep } from 'node:timers/promises';
import type { TrafficPort } from '../platform';
import { PlatformError } from '../platform-error';
import { raisedAlarms } from './aws-traffic-alarms';
import { claimTraffic, refuseToLeaveNobody, setDrained } from './aws-traffic-drain';
import { type RecordHealth, recordHealth } from './aws-traffic-health';
import { type PublicRecord, publicRecords } from './aws-traffic-records';
import { moveWriters } from './aws-traffic-writers';
import type { AwsClients } from './clients';

/** Resolvers keep the answer for a load balancer for 60 s; Route 53 hears of a changed health check within some seconds. */
const RESOLVERS_FORGET_MS = 70_000;

export interface AwsTrafficOptions {
  clients: AwsClients;
  /** how long after a drain resolvers may still lead to a region, milliseconds; tests wait less */
  resolversForgetMs?: number;
}

/**
 * Global traffic by Route 53. Public records are left as CloudFormation made them: regions are taken in and out by
 * their health checks alone (aws-traffic-drain.ts).
 */
export function createAwsTraffic({ clients, resolversForgetMs = RESOLVERS_FORGET_MS }: AwsTrafficOptions): TrafficPort {
  return {
    async resolve(hostname) {
      const records = await publicRecords(clients, hostname);
      if (records.length === 0) return { regions: [] };
      return { regions: answering(records, await recordHealth(clients, hostname)) };
    },
    async health(hostname) {
      const seen = await recordHealth(clients, hostname);
      return seen.map(({ drained: _, ...health }) => health);
    },
    async shift({ hostname, to, drain, epoch, ...scope }) {
      const records = await publicRecords(clients, hostname);
      refuseTarget(hostname, records, to, drain);
      const drained = [...new Set([...drain, ...aheadOf(records, to)])];
      const claimed = await claimTraffic(clients, hostname, records, epoch);
      await moveWriters(clients, scope, to);
      await setDrained(clients, claimed, drained);
    },
    async drain({ hostname, regions, epoch }) {
      const records = await publicRecords(clients, hostname);
      refuseToLeaveNobody(hostname, records, regions);
      const claimed = await claimTraffic(clients, hostname, records, epoch);
      await setDrained(clients, claimed, regions);
      // Also when nothing had to be changed: an attempt that was cut off may have done it just now.
      if (regions.length > 0) await sleep(resolversForgetMs);
    },
    alarms: (scope, since) => raisedAlarms(clients, scope, since),
  };
}

/** The regions that Route 53 answers with. When no record is healthy all of them count as healthy. */
function answering(records: PublicRecord[], health: RecordHealth[]): string[] {
  const well = records.filter(({ region }) => health.find((one) => one.region === region)?.healthy);
  const candidates = well.length > 0 ? well : records;
  const regionsOf = (some: PublicRecord[]) => some.map(({ region }) => region);
  if (records[0]?.routing === 'failover') return regionsOf(candidates.slice(0, 1));
  const weighted = candidates.filter(({ routing, weight }) => routing !== 'weighted' || weight > 0);
  return regionsOf(weighted.length > 0 ? weighted : candidates);
}

/** With failover records the first healthy one answers: for another to answer, those before it must not. */
function aheadOf(records: PublicRecord[], to: string): string[] {
  if (records[0]?.routing !== 'failover') return [];
  return records
    .slice(
      0,
      records.findIndex(({ region }) => region === to),
    )
    .map(({ region }) => region);
}

function refuseTarget(hostname: string, records: PublicRecord[], to: string, drain: string[]): void {
  const regions = records.map(({ region }) => region);
  if (!regions.includes(to)) {
    const valid = regions.length > 0 ? `valid: ${regions.join(', ')}` : 'publish it first';
    throw new PlatformError('Platform.Refused', `to: ${hostname} has no record to ${to}; ${valid}`, { region: to });
  }
  if (drain.includes(to)) {
    throw new PlatformError('Platform.Refused', `drain: ${to} cannot be drained and take the traffic`, { region: to });
  }
}
