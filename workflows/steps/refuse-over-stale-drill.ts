import { patched } from '@temporalio/workflow';
import { staleDrill } from '../../policies/drills/stale-drill';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';

/** Production is not changed on the word of an old proof: its last failover drill must be recent. */
export function refuseOverStaleDrill({ record, request, isPlanOnly }: DeploymentRun): void {
  if (!record || isPlanOnly) return;
  const why = staleDrill(record, request, Date.now());
  if (why && patched('stale-drill')) throw stepFailure('Plan.Blocked', why);
}
