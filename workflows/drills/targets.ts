import type { StoreReplication } from '../../contracts/replication';
import type { DeploymentRequest } from '../../contracts/request';
import type { DrillTargets } from '../../policies/drills/broken-promises';

/** What a drill has to keep. */
export function targetsOf({ recovery }: Pick<DeploymentRequest, 'recovery'>, stores: StoreReplication[]): DrillTargets {
  const { rtoSeconds, rpoSeconds } = recovery;
  const isSynchronous = stores.every(({ mode }) => mode.kind === 'synchronous');
  return { rtoSeconds, rpoSeconds, mode: isSynchronous ? 'synchronous' : 'asynchronous' };
}
