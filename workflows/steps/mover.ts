import { workflowInfo } from '@temporalio/workflow';
import type { PlatformKind } from '../../contracts/region';
import type { DeploymentScope } from '../../platforms/platform';
import { quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';

/** What acts on databases need to know of whoever runs them: a deployment, or an operation on what is live. */
export type Mover = Pick<DeploymentRun, 'epoch' | 'progress'> & {
  on: DeploymentScope & { platform: PlatformKind };
};

/** Claimed in the record before the platform sees it: an act with an older epoch is refused from then on. */
export async function claimNextEpoch(run: Mover): Promise<void> {
  const expected = run.epoch;
  run.epoch += 1;
  const claim = { ...run.on, expected, epoch: run.epoch, by: workflowInfo().workflowId };
  await quick.claimEpoch(`claim epoch ${run.epoch}`, claim);
}
