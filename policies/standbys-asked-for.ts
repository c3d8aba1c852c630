import { capability } from '../catalog/capabilities';
import type { DeploymentRequest } from '../contracts/request';
import { waitsForStandbys } from './replication-mode';
import { leastStandbys } from './when-degraded';

/** How many standbys a request needs: one to take over, and as many as the strictest of its stores waits for. */
export function standbysAskedFor({ dataStores, platform, recovery: { rpoSeconds } }: DeploymentRequest): number {
  const asked = dataStores
    .filter((store) => capability(store.engine, platform)?.synchronous && waitsForStandbys(store, rpoSeconds))
    .map((store) => leastStandbys({ store, rpoSeconds, quorum: store.quorum ?? 1 }));
  return Math.max(1, ...asked);
}
