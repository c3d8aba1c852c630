import type { EdgeRecord } from './network-port';

export interface RoutingFacts {
  healthy: (region: string) => boolean;
  /** round trip from where the request comes from, milliseconds; undefined when the place is not known */
  rttMs: (region: string) => number | undefined;
  /** 0 ≤ random < 1, for weighted records */
  random: number;
}

/**
 * The records that may answer, best first. As with Route 53, when no record is healthy all of them count as healthy:
 * a wrong health check must not take everything down.
 */
export function answeringRecords(records: EdgeRecord[], healthy: (region: string) => boolean): EdgeRecord[] {
  const open = records.filter((record) => !record.drained);
  const well = open.filter((record) => healthy(record.region));
  const candidates = well.length > 0 ? well : open;
  switch (records[0]?.routing) {
    case undefined:
      return [];
    case 'failover':
      return [...candidates].sort((a, b) => failoverRank(a) - failoverRank(b)).slice(0, 1);
    case 'weighted': {
      const weighted = candidates.filter((record) => (record.weight ?? 0) > 0);
      return weighted.length > 0 ? weighted : candidates;
    }
    case 'latency':
    case 'geo':
      return candidates;
  }
}

/** The record that answers one request; undefined when the hostname has none. */
export function chooseRecord(records: EdgeRecord[], facts: RoutingFacts): EdgeRecord | undefined {
  const candidates = answeringRecords(records, facts.healthy);
  if (records[0]?.routing === 'weighted') return byWeight(candidates, facts.random);
  const far = (record: EdgeRecord) => facts.rttMs(record.region) ?? Number.MAX_VALUE;
  return candidates.reduce<EdgeRecord | undefined>(
    (best, record) => (best === undefined || far(record) < far(best) ? record : best),
    undefined,
  );
}

/** Says why a set of records cannot be published; undefined when it can. */
export function recordsProblem(records: EdgeRecord[]): string | undefined {
  const policies = [...new Set(records.map((record) => record.routing))];
  if (policies.length > 1) return `records of one hostname must share one routing policy, got ${policies.join(', ')}`;
  const regions = records.map((record) => record.region);
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  return twice === undefined ? undefined : `records name region ${twice} twice; one record per region is valid`;
}

function failoverRank(record: EdgeRecord): number {
  return record.failover === 'PRIMARY' ? 0 : record.failover === 'SECONDARY' ? 1 : 2;
}

/** Where all weights are zero each record has the same chance, as with Route 53. */
function byWeight(candidates: EdgeRecord[], random: number): EdgeRecord | undefined {
  const total = candidates.reduce((sum, record) => sum + (record.weight ?? 0), 0);
  if (total === 0) return candidates[Math.floor(random * candidates.length)];
  let left = random * total;
  return candidates.find((record) => {
    left -= record.weight ?? 0;
    return left < 0;
  });
}
