import { capability } from '../catalog/capabilities';
import { regionRttMs } from '../catalog/latency';
import type { ReplicationPlan } from '../contracts/replication';
import { TRAFFIC_HEALTH_CHECK } from './traffic-health-check';

/** Clients keep a DNS answer this long after a health check has failed; the alias records of the templates say so. */
const DNS_SECONDS = 60;

/**
 * What AWS's own facts predict for what a stand-in was measured doing: a lab's seconds are not AWS's. Sentences for the
 * report, each with its basis; empty when there is nothing to say.
 */
export function modelledOnAws(replication: ReplicationPlan): string[] {
  const detection = TRAFFIC_HEALTH_CHECK.intervalSeconds * TRAFFIC_HEALTH_CHECK.failureThreshold;
  return replication.stores.flatMap(({ store, engine, primary, replicas }) => {
    const row = engine === 'postgresql' ? capability(engine, 'aws') : undefined;
    if (!row || replicas.length === 0) return [];
    const seconds = detection + row.promoteSeconds + DNS_SECONDS;
    const farthest = Math.max(...replicas.map((region) => regionRttMs(primary, region)));
    return [
      `failover of ${store} on AWS: about ${seconds} s (${detection} s until the health check of the records fails, ${row.promoteSeconds} s promotion, up to ${DNS_SECONDS} s of DNS caching; ${row.origin.basis}: ${row.origin.source})`,
      `writes at risk of ${store} on AWS: no bound is promised, at best ${row.leastRpoSeconds} s; the farthest replica is ${Math.round(farthest)} ms away`,
    ];
  });
}
