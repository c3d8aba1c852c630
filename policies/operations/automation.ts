import type { Automation } from '../../contracts/failover';
import type { DeploymentRequest, RequestProblem } from '../../contracts/request';

/**
 * What may happen without a person when the primary falls silent. Where the request says nothing: `automatic` where the
 * lease proves that a silent region has stopped writing, `propose` where nothing proves it (docs/rules.md, rule 7).
 */
export function automationOf({ recovery, platform }: Pick<DeploymentRequest, 'recovery' | 'platform'>): Automation {
  return recovery.automation ?? (platform === 'aws' ? 'propose' : 'automatic');
}

/** A platform without a proof of silence cannot fail over by itself, whatever is asked for. */
export function checkAutomation({ recovery, platform }: DeploymentRequest): RequestProblem[] {
  if (recovery.automation !== 'automatic' || platform !== 'aws') return [];
  const valid = 'off or propose on aws: nothing proves there that a silent region has stopped writing';
  return [{ field: 'recovery.automation', received: '"automatic"', valid }];
}
