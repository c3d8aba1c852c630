import type { PlatformKind } from '../contracts/region';

/** Why a region-loss drill is not held; undefined when it is. A live deployment never gets a fault injected (DESIGN §3). */
export function noDrillReason(facts: {
  isChange: boolean;
  platform: PlatformKind;
  /** stores that a standby could take over */
  replicatedStores: number;
}): string | undefined {
  if (facts.isChange) return 'the deployment serves its users already: no fault is injected into what is live';
  if (facts.replicatedStores === 0) return 'no data store has a replica';
  if (facts.platform === 'aws')
    return 'no faults are injected into AWS accounts; hold it with the same request in a lab';
  return undefined;
}
